//! stub
use crate::options::Options;
pub(crate) fn print(_options: &Options) {}
