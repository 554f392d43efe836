//! What it is worth to know more before deciding: of everything, of a parameter, of a study.
//!
//! The decision is between a service and the control; the incremental net benefit (INB) of a draw is what the service saves
//! per client under that draw's parameters. Choosing now takes the larger of 0 and the mean INB; knowing more lets the
//! choice follow what is learned.
//!
//! * [`regression`]: the value of perfect information about a parameter or group (Strong, Oakley & Brennan 2014,
//!   doi:10.1177/0272989X13505910) and of a study (Strong, Oakley, Brennan & Breeze 2015, doi:10.1177/0272989X15575286): the
//!   same regression, on parameters or on what the study finds.
//! * [`question`], [`design`]: the parameters of a scenario and studies of it; which studies are weighed.
//! * [`net_benefit`]: from the value per client to the net benefit of a study of some length and size.

pub mod design;
pub mod net_benefit;
pub mod question;
pub mod regression;
