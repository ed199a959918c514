mod browser;
mod markup;
mod sample;

use std::collections::BTreeSet;

use markup::{Element, elements};

use super::{PairCount, ReportView, Sides, render};

fn whole(items: usize) -> String {
    let output = sample::run(items);
    let view = ReportView::from(&output)
        .title("Year 9, spring")
        .waves(sample::waves(&output))
        .pairs(sample::pairs(items), Sides::Shown)
        .thresholds(vec![-1.0, 1.0])
        .prompt("Where do we learn the most?")
        .rubric("Judge the whole text.");
    render(&view).expect("the view renders")
}

fn count(elements: &[Element], name: &str) -> usize {
    elements.iter().filter(|element| element.name == name).count()
}

#[test]
fn a_report_of_a_run_is_well_formed_and_names_every_item() {
    let html = whole(24);
    elements(&html);
    for place in 0..24 {
        assert!(html.contains(&format!("<bdi class=\"id\">{}</bdi>", sample::id(place))), "item {place} is missing");
    }
    for said in ["Year 9, spring", "20260101", "0.86", "3 ties were dropped", "$1.25", "target reliability was reached"]
    {
        assert!(html.contains(said), "{said:?} is missing");
    }
}

#[test]
fn the_same_view_gives_the_same_bytes() {
    assert_eq!(whole(12), whole(12));
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let html = whole(24);
    for element in elements(&html) {
        assert!(!["script", "iframe", "img", "object", "embed"].contains(&element.name.as_str()), "{element:?}");
        for name in ["src", "href", "action", "xlink:href", "srcset"] {
            let target = element.attribute(name).unwrap_or("#");
            assert!(target.starts_with('#') || target == "data:,", "{element:?}");
        }
        assert!(!element.names().any(|name| name.starts_with("on")), "an event handler: {element:?}");
    }
    assert!(!html.contains("@import") && !html.contains("url("));
    assert!(html.contains("default-src 'none'"));
}

#[test]
fn a_browser_has_nothing_to_complain_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let probe = folder.path().join("probe.html");
    let bad = "<!DOCTYPE html><meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><img src=x.png>";
    std::fs::write(&probe, bad).expect("the probe is written");
    if browser::load(&probe, folder.path()).is_none_or(|probe| probe.console.is_empty()) {
        eprintln!("skipped: no Chromium that shows its console");
        return;
    }
    for items in [0, 24, 1000] {
        let file = folder.path().join("report.html");
        std::fs::write(&file, whole(items)).expect("the report is written");
        let loaded = browser::load(&file, folder.path()).expect("the browser loads the report");
        assert!(loaded.console.is_empty(), "{:?}", loaded.console);
        assert_eq!(loaded.document.matches("<section").count(), whole(items).matches("<section").count());
    }
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "<script>alert('x')</script>\"><img src=x onerror=y>&amp;\0\u{202e}";
    let mut output = sample::run(5);
    let old = std::mem::replace(&mut output.items[2].id, hostile.to_owned());
    hostile.clone_into(&mut output.grades[2].id);
    hostile.clone_into(&mut output.judges[0].id);
    output.judges[1].flags = vec![hostile.to_owned()];
    output.warnings.push(hostile.to_owned());
    output.batch.reason = Some(hostile.to_owned());
    hostile.clone_into(&mut output.settings.judge);
    output.items[2].infit = Some(9.0);
    let mut pairs = sample::pairs(5);
    for pair in &mut pairs {
        for side in [&mut pair.left, &mut pair.right] {
            if *side == old {
                hostile.clone_into(side);
            }
        }
    }
    let view = ReportView::from(&output)
        .title(hostile)
        .names([(sample::id(1), hostile.to_owned())].into())
        .waves(sample::waves(&output))
        .pairs(pairs, Sides::Shown)
        .prompt(hostile)
        .rubric(hostile);
    let html = render(&view).expect("the view renders");
    assert_eq!(count(&elements(&html), "script") + count(&elements(&html), "img"), 0);
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains('\0'));
    assert!(html.contains("&lt;script&gt;alert("));
}

#[test]
fn assistive_technology_finds_its_way() {
    let html = whole(24);
    let elements = elements(&html);
    for landmark in ["header", "nav", "main", "footer", "h1"] {
        assert_eq!(count(&elements, landmark), 1, "{landmark}");
    }
    let ids: Vec<&str> = elements.iter().filter_map(|element| element.attribute("id")).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id is used twice");
    for element in &elements {
        if element.name == "th" {
            assert!(element.attribute("scope").is_some(), "{element:?}");
        }
        if element.name == "svg" {
            let named = element.attribute("aria-labelledby").is_some() && element.attribute("role") == Some("img");
            assert!(named || element.attribute("aria-hidden") == Some("true"), "{element:?}");
        }
        if element.attribute("tabindex") == Some("0") {
            assert!(element.attribute("role").is_some() && element.attribute("aria-label").is_some(), "{element:?}");
        }
        let references = element.attribute("aria-labelledby").into_iter().flat_map(str::split_whitespace);
        let target = element.attribute("href").and_then(|href| href.strip_prefix('#'));
        for id in references.chain(target) {
            assert!(unique.contains(id), "{element:?} points nowhere");
        }
    }
    assert_eq!(count(&elements, "figure"), count(&elements, "figcaption"));
    assert_eq!(count(&elements, "table"), count(&elements, "caption"));
    assert!(html.contains("class=\"skip\" href=\"#main\""));
    assert!(html.contains("<html lang=\"en\">"));
}

#[test]
fn what_the_view_does_not_have_is_left_out() {
    let output = sample::score(8);
    let html = render(&ReportView::from(&output)).expect("the view renders");
    elements(&html);
    assert!(html.contains("judgements.csv"));
    for absent in ["convergence", "grades", "position", "pairs", "asked"] {
        assert!(!html.contains(&format!("id=\"{absent}\"")), "{absent} is there");
        assert!(!html.contains(&format!("href=\"#{absent}\"")), "{absent} is in the contents");
    }
    assert!(!html.contains("SIMULATED"));
}

#[test]
fn sides_that_nobody_recorded_are_not_reported() {
    let output = sample::score(8);
    let view = ReportView::from(&output).pairs(sample::pairs(8), Sides::Unknown);
    let html = render(&view).expect("the view renders");
    assert!(html.contains("id=\"pairs\"") && !html.contains("id=\"position\""));
}

#[test]
fn a_simulated_result_says_so_before_anything_else() {
    let mut output = sample::run(6);
    output.simulated = true;
    let html = render(&ReportView::from(&output)).expect("the view renders");
    let banner = html.find("<strong>SIMULATED</strong>").expect("the banner is there");
    assert!(banner < html.find("<h1>").expect("a heading"));
    assert!(html.contains("<title>SIMULATED"));
}

#[test]
fn a_thousand_items_are_all_there_and_the_matrix_is_grouped() {
    let html = whole(1000);
    let elements = elements(&html);
    assert!((0..1000).all(|place| html.contains(&format!("<bdi class=\"id\">{}</bdi>", sample::id(place)))));
    assert!(html.contains("neighbouring ranks"), "the matrix is not grouped");
    assert!(html.len() < 4_000_000, "{} bytes", html.len());
    assert!(count(&elements, "rect") < 2_000, "{} rectangles", count(&elements, "rect"));
    assert!(html.contains("60 of 1000 items are drawn"));
}

#[test]
fn sixty_items_have_a_cell_for_every_meeting() {
    let html = whole(60);
    assert!(!html.contains("neighbouring ranks"));
    let met = sample::pairs(60).len();
    assert_eq!(html.matches(" against ITEM_").count(), 2 * met, "each meeting is seen from both sides");
}

#[test]
fn absent_and_impossible_figures_are_dashes() {
    let mut output = sample::run(4);
    output.items[3].score = None;
    output.items[3].se = None;
    output.items[3].rank = None;
    output.items[2].se = Some(f64::NAN);
    output.items[1].infit = None;
    output.reliability = crate::output::Reliability::default();
    output.judges[0].median_ms = None;
    let html = render(&ReportView::from(&output).waves(sample::waves(&output))).expect("the view renders");
    elements(&html);
    assert!(!html.contains("NaN") && !html.contains("inf<") && !html.contains("none</td>"));
    assert!(html.contains("could not be computed"));
}

#[test]
fn the_smallest_results_render() {
    for items in 0..3 {
        elements(&whole(items));
    }
}

/// One ordered pair and what came of it.
fn met(left: usize, right: usize, left_wins: u64, right_wins: u64) -> PairCount {
    PairCount { left: sample::id(left), right: sample::id(right), left_wins, right_wins, ties: 0 }
}

#[test]
fn sides_are_counted_over_both_orders_of_a_pair() {
    let output = sample::run(4);
    let pairs = vec![met(0, 1, 2, 1), met(1, 0, 0, 1), met(2, 3, 1, 0), met(3, 2, 1, 0), met(0, 3, 1, 0)];
    let html = render(&ReportView::from(&output).pairs(pairs, Sides::Shown)).expect("the view renders");
    let row = |name: &str, value: &str| {
        assert!(html.contains(&format!("<th scope=\"row\">{name}</th><td class=\"n\">{value}")), "{name}: not {value}");
    };
    row("The one shown first won", "5 of 7");
    row("Largest difference of sides at one item", "3");
    row("Items shown evenly, to within one", "2 of 4");
    row("Pairs shown both ways round", "2");
    row("Same winner both ways", "1 of 2");
    row("Pairs that met", "3 of 6 possible");
    row("Judgements won by the lower-ranked item", "2 of 7");
    row("once", "1");
    row("twice", "1");
    row("4 times", "1");
}

#[test]
fn pairs_with_unknown_items_are_left_out() {
    let output = sample::run(3);
    let stranger = PairCount { left: "NOBODY".to_owned(), ..met(0, 1, 1, 0) };
    let html = render(&ReportView::from(&output).pairs(vec![met(0, 1, 1, 0), stranger], Sides::Shown));
    let html = html.expect("the view renders");
    assert!(html.contains("1 of 3 possible") && !html.contains("NOBODY"));
}

#[test]
fn the_budget_reason_and_target_are_put_into_words() {
    let mut output = sample::run(3);
    output.batch.reason = Some("budget_exhausted".to_owned());
    output.reliability.honest_low = Some(0.7);
    let html = render(&ReportView::from(&output)).expect("the view renders");
    assert!(html.contains("the budget of questions was used up"));
    assert!(html.contains("the lower bound of 0.70 misses the target of 0.80"));
    "FAILED".clone_into(&mut output.batch.phase);
    output.batch.reason = Some("a_new_reason".to_owned());
    let html = render(&ReportView::from(&output)).expect("the view renders");
    assert!(html.contains("The batch failed: a new reason."));
}
