//! The executor that runs plans on the processor.

mod execution;

use std::sync::Arc;

use crate::error::Error;
use crate::executor::traits::{Execution, Executor};
use crate::kernel::Isa;
use crate::op::Purpose;
use crate::plan::Plan;

/// Runs plans on the processor with one instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Cpu {
    isa: Isa,
}

impl Cpu {
    /// With [`Isa::detect`].
    pub fn detect() -> Self {
        Self { isa: Isa::detect() }
    }

    /// With an instruction set of [`Isa::available`].
    pub fn with_isa(isa: Isa) -> Self {
        Self { isa }
    }
}

impl Executor for Cpu {
    fn device(&self) -> &str {
        self.isa.name()
    }

    fn supports(&self, purpose: Purpose) -> bool {
        purpose != Purpose::GradientBf16 || self.isa.bf16().is_some()
    }

    fn prepare(&self, plan: Arc<Plan>) -> Result<Box<dyn Execution>, Error> {
        if !self.supports(plan.purpose) {
            return Err(Error::NoBf16);
        }
        Ok(Box::new(execution::CpuExecution::new(plan, self.isa)))
    }
}
