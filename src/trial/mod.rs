//! Many replicates: plan, run in parallel, reduce in replicate order.
