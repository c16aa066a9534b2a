//! The console's one program: the page, and started in a worker, the worker.
#![forbid(unsafe_code)]

fn main() {
    #[cfg(target_arch = "wasm32")]
    tern_web::start();
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!(
        "The console runs in a browser: build it with `cargo xtask build`, see it with `cargo xtask up`."
    );
}
