//! What is asked, as a request to the control address, and its answer read (`docs/control.md`).

use serde::{Deserialize, Serialize};
use tern_platform::DeviceAddress;

use crate::protocol::cloud::{Ask, Done, Problem, ProblemKind, Tally};

/// Where the list of devices is.
pub const DEVICES: &str = "api/devices";
/// Where the faults are.
pub const FAULTS: &str = "api/faults";
/// Where events are told.
pub const EVENTS: &str = "api/events";

/// A request, its path relative to the page.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The body, JSON. It may hold a secret, so a request does not print.
    pub body: Option<String>,
}

#[derive(Serialize)]
struct Order<'a> {
    topic: &'a str,
    payload: &'a str,
    qos: u8,
    count: u32,
}

/// The request for something asked; none for what is not the control address's to do.
#[must_use]
pub fn request(ask: &Ask) -> Option<Request> {
    Some(match ask {
        Ask::Register(device) => Request {
            method: "POST",
            path: DEVICES.to_owned(),
            body: json(device),
        },
        Ask::Remove(device) => Request {
            method: "DELETE",
            path: path(device),
            body: None,
        },
        Ask::Disable { device, disabled } => Request {
            method: "PATCH",
            path: path(device),
            body: Some(format!(r#"{{"disabled":{disabled}}}"#)),
        },
        Ask::Push(push) => Request {
            method: "POST",
            path: format!("{}/push", path(&push.device)),
            body: json(&Order {
                topic: &push.topic,
                payload: &push.payload,
                qos: push.qos,
                count: push.count,
            }),
        },
        Ask::SetFaults(faults) => Request {
            method: "PUT",
            path: FAULTS.to_owned(),
            body: json(faults),
        },
        Ask::StopPush | Ask::Rival(_) | Ask::ClearEvents => return None,
    })
}

/// What an answer says.
///
/// # Errors
/// The status is no success, or the body can't be read.
pub fn outcome(ask: &Ask, status: u16, body: &str) -> Result<Done, Problem> {
    success(status, body)?;
    match ask {
        Ask::Push(_) => read::<Tally>(body).map(Done::Pushed),
        _ => Ok(Done::Done),
    }
}

/// Reads the body of a success.
///
/// # Errors
/// As [`outcome`].
pub fn answer<T: for<'de> Deserialize<'de>>(status: u16, body: &str) -> Result<T, Problem> {
    success(status, body)?;
    read(body)
}

fn success(status: u16, body: &str) -> Result<(), Problem> {
    #[derive(Deserialize)]
    struct Failure {
        error: String,
    }
    if (200..300).contains(&status) {
        return Ok(());
    }
    let told = serde_json::from_str(body).map(|failure: Failure| failure.error);
    Err(Problem {
        kind: ProblemKind::of_status(status),
        text: told.unwrap_or_else(|_| format!("HTTP {status}")),
    })
}

fn read<T: for<'de> Deserialize<'de>>(body: &str) -> Result<T, Problem> {
    serde_json::from_str(body).map_err(|error| Problem {
        kind: ProblemKind::Other,
        text: error.to_string(),
    })
}

/// A product key and a device name hold nothing that a path would have to escape.
fn path(device: &DeviceAddress) -> String {
    format!("{DEVICES}/{device}")
}

fn json(body: &impl Serialize) -> Option<String> {
    // Plain data with text for keys always has a form in JSON.
    serde_json::to_string(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::cloud::{NewDevice, Push};

    fn dev1() -> DeviceAddress {
        DeviceAddress::new("pk", "dev@1:a").expect("valid")
    }

    fn asked(ask: &Ask) -> (&'static str, String, String) {
        let request = request(ask).expect("the control address does it");
        let body = request.body.unwrap_or_default();
        (request.method, request.path, body)
    }

    #[test]
    fn each_ask_is_the_request_that_the_control_address_documents() {
        let register = Ask::Register(NewDevice {
            product_key: "pk".into(),
            device_name: "dn".into(),
            device_secret: "secret".into(),
        });
        let json = r#"{"product_key":"pk","device_name":"dn","device_secret":"secret"}"#;
        assert_eq!(
            asked(&register),
            ("POST", "api/devices".into(), json.into())
        );
        let remove = Ask::Remove(dev1());
        let path = "api/devices/pk/dev@1:a";
        assert_eq!(asked(&remove), ("DELETE", path.into(), String::new()));
        let disable = Ask::Disable {
            device: dev1(),
            disabled: true,
        };
        assert_eq!(
            asked(&disable),
            ("PATCH", path.into(), r#"{"disabled":true}"#.into())
        );
        let push = Ask::Push(Push {
            device: dev1(),
            topic: "/pk/t".into(),
            payload: "\"x\"".into(),
            qos: 1,
            count: 2,
        });
        let json = r#"{"topic":"/pk/t","payload":"\"x\"","qos":1,"count":2}"#;
        assert_eq!(asked(&push), ("POST", format!("{path}/push"), json.into()));
        let faults = r#"{"all":{"delay_ms":200}}"#;
        let switch = Ask::SetFaults(serde_json::from_str(faults).expect("valid"));
        assert_eq!(asked(&switch), ("PUT", "api/faults".into(), faults.into()));
        assert!(request(&Ask::ClearEvents).is_none());
    }

    #[test]
    fn a_push_answers_what_became_of_its_messages() {
        let ask = Ask::Push(Push {
            device: dev1(),
            topic: "/pk/t".into(),
            payload: String::new(),
            qos: 0,
            count: 3,
        });
        let body =
            r#"{"pushed":3,"routed":1,"queued":0,"not_subscribed":0,"offline":2,"dropped":0}"#;
        let tally = Tally {
            pushed: 3,
            routed: 1,
            offline: 2,
            ..Tally::default()
        };
        assert_eq!(outcome(&ask, 200, body), Ok(Done::Pushed(tally)));
        let problem = outcome(&ask, 200, "<html>").expect_err("no JSON");
        assert_eq!(problem.kind, ProblemKind::Other);
    }

    #[test]
    fn a_failure_says_its_kind_and_the_words_of_the_other_side() {
        let ask = Ask::Remove(dev1());
        assert_eq!(outcome(&ask, 204, ""), Ok(Done::Done));
        for (status, kind) in [
            (400, ProblemKind::Rule),
            (403, ProblemKind::Forbidden),
            (404, ProblemKind::NoDevice),
            (409, ProblemKind::Known),
            (413, ProblemKind::Rule),
            (500, ProblemKind::Other),
        ] {
            let problem = outcome(&ask, status, r#"{"error":"why"}"#).expect_err("a failure");
            assert_eq!((problem.kind, problem.text.as_str()), (kind, "why"));
        }
        let problem = outcome(&ask, 502, "<html>").expect_err("a failure");
        assert_eq!(problem.text, "HTTP 502");
    }
}
