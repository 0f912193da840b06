//! The same two header writes as the other filters of the bench, on the Rust SDK; faults on request.
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel};

#[no_mangle]
pub fn _start() {
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| -> Box<dyn RootContext> { Box::new(Root) });
}

struct Root;

impl Context for Root {}

impl RootContext for Root {
    fn create_http_context(&self, _id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(TwoHeaders))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct TwoHeaders;

impl Context for TwoHeaders {}

impl HttpContext for TwoHeaders {
    fn on_http_request_headers(&mut self, _count: usize, _ended: bool) -> Action {
        if let Some(fault) = self.get_http_request_header("x-fault") {
            let mut i: u32 = 1;
            while fault == "loop" && i != 0 {
                i = i.wrapping_mul(3) | 1;
            }
            assert!(fault != "assert", "told to fail {}", i);
        }
        self.set_http_request_header("x-a", Some("1"));
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _count: usize, _ended: bool) -> Action {
        self.set_http_response_header("x-b", Some("2"));
        Action::Continue
    }
}
