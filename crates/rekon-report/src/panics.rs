//! What a library does where it should have given an error: its panic, as an error with a name.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// A panic that was caught. Nothing of what was being done is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a fault of rekon's own, at {place}: {said}\n  hint: what was stored before stands; run it again, and report this line if it comes again"
)]
pub struct Panicked {
    pub said: String,
    /// File and line.
    pub place: String,
}

thread_local! {
    /// Somebody on this thread catches what comes and tells it.
    static CAUGHT: Cell<u32> = const { Cell::new(0) };
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on a panic that nobody catches is an event of the log like any other.
pub fn log() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |at| {
            // Where a library lies on the machine that built it says nothing.
            let file = at.file();
            let file = file
                .rsplit_once("/registry/src/")
                .map_or(file, |(_, of)| of);
            format!("{file}:{}", at.line())
        });
        PLACE.with_borrow_mut(|known| known.clone_from(&place));
        if CAUGHT.get() == 0 {
            let said = words(panic.payload());
            tracing::error!("a fault of rekon's own, at {place}: {said}");
        }
    }));
}

/// Does something that may panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    CAUGHT.set(CAUGHT.get() + 1);
    // Whoever gets the error has nothing of what was half done.
    let done = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(CAUGHT.get() - 1);
    done.map_err(|payload| Panicked {
        said: words(payload.as_ref()),
        place: PLACE.with_borrow(Clone::clone),
    })
}

/// The same for what waits.
pub async fn caught_while<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    poll_fn(|context| match caught(|| work.as_mut().poll(context)) {
        Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}

fn words(payload: &(dyn Any + Send)) -> String {
    let said = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    let said = said.unwrap_or_else(|| "it does not say why".to_owned());
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}
