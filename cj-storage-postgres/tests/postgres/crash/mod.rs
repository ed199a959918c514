//! Workers that are killed, connections that are cut, a server that fails: nothing is lost, nothing is done twice.

mod clock;
mod judged;
mod restart;
mod storm;
mod worker;
