import CivilTime

extension AccountState {
  /// The account as a bill whose period begins on `start` builds on it: the bills up to then that stand
  /// are there, later ones are not; meters and readings are as known now.
  func rewound(to start: Day, _ clock: inout ZoneClock) -> AccountState {
    var state = self
    state.invoices = bills.filter { $0.period.end <= start }
    state.receivables = Receivables()
    state.bank = state.invoices.last?.bank ?? []
    let morrow = clock.midnight(of: start + 1)
    for meter in state.meters.indices {
      for register in state.meters[meter].registers.indices {
        state.meters[meter].registers[register].billed =
          state.meters[meter].registers[register].lastReading(before: morrow) ?? 0
      }
    }
    return state
  }
}
