//! The device: a sans-IO client of the Alibaba Cloud IoT platform's MQTT service.
#![forbid(unsafe_code)]

pub mod auth;
mod config;
pub mod device;
pub mod explain;
pub mod identity;
pub mod sign;
pub mod time;
pub mod topic;
pub mod transcript;
pub mod vendor;
pub mod wire;
