/// Reads an input as a list of choices. At its end every choice is the first.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        byte
    }

    /// One of `0..count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn i64(&mut self) -> i64 {
        let bytes = std::array::from_fn(|_| self.byte());
        // Small numbers as often as large ones.
        i64::from_le_bytes(bytes) >> (8 * self.below(8))
    }

    /// Up to 255 bytes of the input.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(self.below(256).min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub(crate) fn nullable(&mut self) -> Option<&'a [u8]> {
        self.flag().then(|| self.bytes())
    }
}
