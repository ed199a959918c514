//! Every command that has a store, on PostgreSQL.
use crate::support::{cj, manifest};

#[cfg(not(feature = "postgres"))]
#[test]
fn a_program_built_without_it_says_how_to_build_it() {
    let files = crate::support::Files::new(&[("m.csv", &manifest(4))]);
    let line = cj().arg("run").arg(files.path("m.csv")).store("postgres://localhost/cj").refused();
    assert!(line.contains("--features postgres"), "{line}");
}

#[cfg(feature = "postgres")]
mod with_a_server {
    use cj_testkit::postgres::PgDatabase;

    use super::*;
    use crate::support::{Call, Files};

    fn on(database: &PgDatabase, command: &str) -> Call {
        cj().arg(command).store(database.url())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn only_migrate_makes_tables() {
        let database = PgDatabase::fresh().await;
        let files = Files::new(&[("m.csv", &manifest(4))]);
        for call in [on(&database, "status"), on(&database, "run").arg(files.path("m.csv"))] {
            let line = call.refused();
            assert!(line.contains("none of this program's tables") && line.contains("`cj migrate`"), "{line}");
        }
        assert_eq!(on(&database, "migrate").arg("--check").run().code, 1);
        for _ in 0..2 {
            let ended = on(&database, "migrate").run();
            assert_eq!(ended.code, 0, "{}", ended.stderr);
            assert!(ended.stderr.contains("up to date"), "{}", ended.stderr);
        }
        assert_eq!(on(&database, "migrate").arg("--check").run().code, 0);
        assert_eq!(on(&database, "status").json("status.v1")["batches"].as_array().unwrap().len(), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_run_ends_as_on_a_file() {
        let database = PgDatabase::fresh().await;
        let files = Files::new(&[("m.csv", &manifest(6))]);
        assert_eq!(on(&database, "migrate").run().code, 0);
        let there = on(&database, "run").arg(files.path("m.csv")).json("run.v1");
        let here = cj().arg("run").arg(files.path("m.csv")).store(files.path("cj.db")).json("run.v1");
        assert_eq!(there["essays"], here["essays"]);
        assert_eq!(there["batch"]["id"], here["batch"]["id"]);
        let id = there["batch"]["id"].as_str().unwrap();
        assert_eq!(on(&database, "results").arg(id).json("run.v1")["essays"], there["essays"]);
        assert_eq!(on(&database, "status").arg(id).json("status.v1")["batches"][0], there["batch"]);
        let page = files.path("page.html");
        let report = on(&database, "report").arg(id).arg("--output").arg(&page).run();
        assert_eq!(report.code, 0, "{}", report.stderr);
        assert!(std::fs::read_to_string(page).unwrap().contains("<html"));
        let line = on(&database, "cancel").arg(id).refused();
        assert!(line.contains(id) && line.contains("COMPLETED"), "{line}");
        let again = on(&database, "run").arg(files.path("m.csv")).arg("--resume").json("run.v1");
        assert_eq!(again["essays"], there["essays"]);
        let deleted = on(&database, "delete").arg(id).arg("--yes").json("delete.v1");
        assert_eq!(deleted["batch"]["erased"], "texts_and_scores");
        assert_eq!(on(&database, "status").arg(id).json("status.v1")["batches"][0], deleted["batch"]);
    }

    #[test]
    fn a_server_that_is_not_there_is_named_without_its_password() {
        let line = cj().arg("status").store("postgres://me:secret@127.0.0.1:1/cj").refused();
        assert!(line.contains("postgres://127.0.0.1:1/cj") && !line.contains("secret"), "{line}");
    }
}
