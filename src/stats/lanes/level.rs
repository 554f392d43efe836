//! From an instruction set that is known at run time to code that is compiled for it.

/// Computes an expression with the vector instructions of a [`fearless_simd::Level`], which may be chosen at run time.
///
/// The expression calls one function over [`super::Simd`] that is `#[inline(always)]`, as is all that it calls in lanes: then
/// everything is compiled once for each of AVX-512, AVX2 and SSE2 (or NEON), and nothing else is. What needs no lanes belongs
/// outside. With `--cfg stapjes_scalar` the scalar fallback of `fearless_simd` is compiled too (sixteen numbers one by one, unrolled:
/// many minutes when optimized, so only without). An x86-64 with SSE4.2 but not AVX2 takes the SSE2 code: one copy less to compile, for machines of before 2013.
macro_rules! with {
    ($level:expr, $simd:ident => $operation:expr) => {{
        let level: fearless_simd::Level = $level;
        #[cfg(target_arch = "x86_64")]
        macro_rules! on {
            ($token:expr) => {{
                let $simd = $token;
                fearless_simd::Simd::vectorize(
                    $simd,
                    #[inline(always)]
                    || $operation,
                )
            }};
        }
        #[cfg(target_arch = "x86_64")]
        match level {
            fearless_simd::Level::Avx512(token) => on!(token),
            fearless_simd::Level::Avx2(token) => on!(token),
            #[cfg(stapjes_scalar)]
            fearless_simd::Level::Fallback(token) => on!(token),
            _ => match fearless_simd::Level::as_sse2(level) {
                Some(token) => on!(token),
                None => unreachable!("every x86-64 has SSE2"),
            },
        }
        #[cfg(not(target_arch = "x86_64"))]
        fearless_simd::dispatch!(level, $simd => $operation)
    }};
}

pub(crate) use with;
