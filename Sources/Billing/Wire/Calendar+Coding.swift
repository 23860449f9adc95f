import CivilTime
public import EventSourcing

extension LedgerTotal: WireMessage {
  /// `LedgerTotal`.
  public static var wireName: StaticName { "LedgerTotal" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let ledger = try coder.text(1, it?.ledger, bytes)
    let debits = try coder.money(2, it?.debits, bytes)
    let credits = try coder.money(3, it?.credits, bytes)
    return Self(ledger: ledger, debits: debits, credits: credits)
  }
}

extension PeriodClosed: WireMessage {
  /// `PeriodClosed`.
  public static var wireName: StaticName { "PeriodClosed" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let month: UInt32 = try coder.integer(1, it?.month.rawValue, bytes)
    let size = try coder.unsigned(2, it?.size, bytes)
    let totals: [LedgerTotal] = try coder.messages(3, it?.totals, bytes)
    let netBilled = try coder.money(4, it?.netBilled, bytes)
    let projection = try coder.text(5, it?.projection, bytes)
    let digest = try coder.data(6, it?.digest, bytes)
    return Self(
      month: AccountingMonth(rawValue: month), size: size, totals: totals, netBilled: netBilled,
      projection: projection, digest: digest)
  }
}

extension PeriodOpened: WireMessage {
  /// `PeriodOpened`.
  public static var wireName: StaticName { "PeriodOpened" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let month: UInt32 = try coder.integer(1, it?.month.rawValue, bytes)
    return Self(month: AccountingMonth(rawValue: month))
  }
}
