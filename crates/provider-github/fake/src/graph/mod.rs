//! stub
pub(crate) struct Graph;
impl Graph {
    pub(crate) fn build() -> Result<Self, crate::error::Error> {
        Ok(Self)
    }
}
pub(crate) fn serve(
    _s: &mut crate::state::State,
    _r: &crate::gate::Request,
    _c: &crate::auth::Caller,
    _b: u64,
) -> crate::answer::Answer {
    crate::answer::not_found()
}
