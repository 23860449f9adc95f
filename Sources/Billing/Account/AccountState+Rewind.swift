import CivilTime

extension AccountState {
  /// The account as a bill whose period begins on `start` builds on it: the bills up to then that stand
  /// are there, later ones are not; meters and readings are as known now.
  func rewound(to start: Day, _ clock: inout ZoneClock) -> AccountState {
    var state = self
    state.rewind(to: start, among: bills, &clock)
    return state
  }

  /// Becomes what `rewound` gives of an account of the same meters whose bills that stand are `bills`.
  mutating func rewind(to start: Day, among bills: [Invoice], _ clock: inout ZoneClock) {
    invoices.removeAll(keepingCapacity: true)
    for index in bills.indices where bills[index].period.end <= start {
      invoices.append(bills[index])
    }
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
