import CivilTime

extension AccountState {
  /// The account as a bill whose period begins on `start` builds on it: the bills up to then that stand
  /// are there, later ones are not; meters and readings are as known now.
  func rewound(to start: Day, _ clock: inout ZoneClock) -> AccountState {
    var state = self
    state.rewind(to: start, of: self, &clock)
    return state
  }

  /// Becomes what `rewound` gives of `state`, of which it has the meters.
  mutating func rewind(to start: Day, of state: AccountState, _ clock: inout ZoneClock) {
    invoices = state.bills.filter { $0.period.end <= start }
    if receivables.isUsed { receivables = Receivables() }
    bank = invoices.last?.bank ?? []
    let morrow = clock.midnight(of: start + 1)
    for meter in meters.indices {
      for register in meters[meter].registers.indices {
        meters[meter].registers[register].billed =
          meters[meter].registers[register].lastReading(before: morrow) ?? 0
      }
    }
  }
}
