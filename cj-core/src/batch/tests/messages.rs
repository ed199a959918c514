//! What is sent: questions and failures.

use serde_json::{Value, json};

use super::*;

fn read(message: &crate::change::OutboxMessage) -> Value {
    serde_json::from_slice(&message.payload).unwrap()
}

#[test]
fn a_question_carries_the_texts_the_criteria_and_how_the_judge_is_set_up() {
    let mut request = request(settings().build().unwrap(), 24);
    let told = &mut request.request;
    told.student_prompt = Some("Write about a journey.".to_owned());
    told.instructions = Some("Look at the language.".to_owned());
    told.judge_rubric = Some("Prefer clarity.".to_owned());
    told.callback_topic = Some("answers.here".to_owned());
    told.provider = Some("anthropic".to_owned());
    told.model = Some("haiku".to_owned());
    told.temperature = Some(0.25);
    told.system_prompt = Some("You are a judge.".to_owned());
    told.max_tokens = Some(300);
    told.reasoning_effort = Some("low".to_owned());
    told.output_verbosity = Some("high".to_owned());
    let mut world = World::requested(request);
    world.prepared();
    world.planned(1);
    let change = world.written.last().unwrap();
    let question = change.outbox()[0].clone();
    assert_eq!((question.kind, question.id.as_uuid()), (MessageKind::Question, world.comparison(0, 1).as_uuid()));
    let body = read(&question);
    let prompt = body["user_prompt"].as_str().unwrap();
    for part in
        ["Text number 0.", "Text number 1.", "Write about a journey.", "Look at the language.", "Prefer clarity."]
    {
        assert!(prompt.contains(part), "{part} is not in the question");
    }
    assert_eq!(body["callback_topic"], "answers.here");
    assert_eq!(
        body["llm_config_overrides"],
        json!({
            "provider_override": "anthropic",
            "model_override": "haiku",
            "temperature_override": 0.25,
            "system_prompt_override": "You are a judge.",
            "max_tokens_override": 300,
            "reasoning_effort": "low",
            "output_verbosity": "high",
        })
    );
    let metadata = &body["metadata"];
    assert_eq!((&metadata["cj_request_type"], &metadata["bos_batch_id"]), (&"cj_comparison".into(), &"bos-1".into()));
    world.fails(world.comparison(0, 1), "TIMEOUT");
    let again = read(&world.written.last().unwrap().outbox()[0]);
    assert_eq!(again["metadata"]["cj_request_type"], "cj_retry");
}

#[test]
fn an_item_that_the_judge_has_is_named_instead_of_its_text() {
    let mut request = request(Settings::default(), 24);
    request.essays[1].content = EssayContent::with_judge();
    let mut world = World::requested(request);
    world.prepared();
    world.planned(1);
    let body = read(&world.written.last().unwrap().outbox()[0]);
    assert!(body["user_prompt"].as_str().unwrap().contains("(The judge has this item.)"));
}

#[test]
fn a_failure_says_why_and_how_far_it_came() {
    let mut world = World::waiting(settings().max_attempts(1).build().unwrap(), 20);
    for ordinal in 0..3 {
        world.decides(ordinal, Winner::A);
    }
    for ordinal in 3..8 {
        world.fails(world.comparison(ordinal, 1), "RATE_LIMIT");
    }
    assert_eq!(world.phase(), Phase::Failed(FailureReason::LowSuccessRate));
    let change = world.written.last().unwrap();
    let event = change.outbox().iter().find(|message| message.kind == MessageKind::Event).unwrap();
    assert_eq!((event.ordinal, event.version), (0, world.batch.state().version));
    let data = read(event)["data"].clone();
    let error = &data["system_metadata"]["error_info"];
    assert_eq!(error["reason"], "low_success_rate");
    assert_eq!(error["error_message"], "too many comparisons got no answer from the judge");
    let details = &error["details"];
    assert_eq!((&details["callbacks_received"], &details["completed_comparisons"]), (&8.into(), &3.into()));
    assert_eq!((&details["failed_comparisons"], &details["success_rate"]), (&5.into(), &0.375.into()));
    assert_eq!(details["success_rate_threshold"], 0.8);

    let mut world = World::waiting(Settings::default(), 3);
    world.does(Input::CancelRequested);
    let data = read(&world.written.last().unwrap().outbox()[0])["data"].clone();
    let error = &data["system_metadata"]["error_info"];
    assert_eq!(error["error_message"], "the batch was cancelled by its owner");
    assert_eq!(error["details"].get("success_rate"), None, "of nothing there is no rate");
}
