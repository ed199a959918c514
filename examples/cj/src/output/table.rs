use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

use super::print::Section;

/// A section as a table that fits the terminal: numbers to the right, the header bold where `colour` is wanted.
pub fn render(section: &Section, colour: bool) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(section.header.iter().map(|name| {
        let cell = Cell::new(name);
        if colour { cell.add_attribute(Attribute::Bold) } else { cell }
    }));
    for row in &section.rows {
        table.add_row(row);
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        if section.rows.iter().all(|row| row.get(i).is_some_and(|cell| is_figure(cell))) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A line under the header and nothing else: tables of a thousand rows stay readable.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().junction(' '));

/// Whether a cell holds a number, a range of numbers, or the sign for a missing one.
fn is_figure(cell: &str) -> bool {
    cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '–' | '−' | '%' | '±' | ' '))
}
