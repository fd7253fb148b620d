//! What the benches share.

pub mod contenders;
pub mod corpus;
