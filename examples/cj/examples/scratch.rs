use cj::simulation::*;
use cj_core::config::Strategy;
use cj_core::pairing::Repeats;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let n: usize = a[1].parse().unwrap();
    let sd: f64 = a[2].parse().unwrap();
    let reps: usize = a[3].parse().unwrap();
    let rounds: u32 = a[4].parse().unwrap();
    let mut base: Option<Simulated> = None;
    for s in a[5].split(',') {
        let strategy: Strategy = s.parse().unwrap();
        let d = Design { strategy, subject: Subject::Drawn { items: n, sd, judges: Judges::default() }, repetitions: reps, seed: 1, rounds, repeats: Repeats::Panel, prior_sd: sd, most: 70.0, looks: Looks::default() };
        let t = std::time::Instant::now();
        let r = Simulated::play(&d, 0.9, 1, |_| {}).unwrap();
        let f = |x: Option<Figure>| x.map_or("-".into(), |x| format!("{:.2}±{:.2}", x.mean, x.error));
        let ratio = |t| base.as_ref().map_or("-".into(), |b| r.needed_against(b, t).map_or("-".into(), |x| format!("{:.3}±{:.3}", x.mean, x.error)));
        println!("n={n} sd={sd} {s}: .80 {} .90 {}  ratio {} {}  {:.1}s", f(r.needed(0.8)), f(r.needed(0.9)), ratio(0.8), ratio(0.9), t.elapsed().as_secs_f64());
        if base.is_none() { base = Some(r); }
    }
}
