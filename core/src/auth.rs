//! The HTTPS authentication (seed: HTTPS认证再连接) as data: a request to send, an answer to read, a
//! form to check on the other side.
//!
//! Nothing is sent here. A host POSTs the [`HttpRequest`], refuses to read more than [`MAX_ANSWER`] bytes
//! of the answer, and hands that to [`read`].
//!
//! ```
//! use tern_core::auth::{self, HttpAnswer};
//! use tern_core::identity::{ClientId, Region, Triple};
//! use tern_core::sign::SignMethod;
//!
//! let triple = Triple::new("123", "test", "secret")?;
//! let url = auth::default_auth_url(Region::CnShanghai);
//! let request = auth::request(&url, &triple, &ClientId::new("123")?, SignMethod::HmacMd5, Some(123));
//! assert_eq!(request.url, "https://iot-auth.cn-shanghai.aliyuncs.com/auth/devicename");
//! assert!(request.body.contains("sign=7F9C0941A986FE6D3AD883EDA7EFDA9C"));
//!
//! let body = br#"{"code":200,"data":{"iotId":"42Ze0mk3","iotToken":"0d7fdeb9","resources":
//!                {"mqtt":{"host":"xxx.iot-as-mqtt.cn-shanghai.aliyuncs.com","port":1883}}},"message":"success"}"#;
//! let grant = auth::read(HttpAnswer { status: 200, body })?;
//! assert_eq!((grant.iot_id.as_str(), grant.mqtt.port), ("42Ze0mk3", 1883));
//!
//! let refusal = br#"{"code":401,"message":"request auth error"}"#;
//! let error = auth::read(HttpAnswer { status: 200, body: refusal }).unwrap_err();
//! assert!(error.explanation().starts_with("The signature does not match"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod code;
mod error;
mod form;
mod request;
mod url;

pub use answer::{Grant, HttpAnswer, MAX_ANSWER, MAX_IOT_ID, MAX_IOT_TOKEN, MqttAddress, read};
pub use code::Code;
pub use error::AuthError;
pub use form::{AuthForm, AuthFormError, MAX_FORM};
pub use request::{HttpRequest, request};
pub use url::{AuthUrl, default_auth_url};
