public import EventSourcing
import Money
import Tariffs

extension ClassTotal: WireMessage {
  /// `ClassTotal`.
  public static var wireName: StaticName { "ClassTotal" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let revenueClass = try coder.choice(1, it?.revenueClass, bytes)
    let netBilled = try coder.money(2, it?.netBilled, bytes)
    let earned = try coder.money(3, it?.earned, bytes)
    return Self(revenueClass: revenueClass, netBilled: netBilled, earned: earned)
  }
}

extension FilingSealed: WireMessage {
  /// `FilingSealed`.
  public static var wireName: StaticName { "FilingSealed" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let size = try coder.unsigned(1, it?.size, bytes)
    let root = try coder.data(2, it?.root, bytes)
    let projection = try coder.text(3, it?.projection, bytes)
    let digest = try coder.data(4, it?.digest, bytes)
    let view = try coder.choice(5, it?.view, common: ReportView.posted, bytes)
    let form: UInt32 = try coder.integer(6, it?.form, bytes)
    let byteCount = try coder.unsigned(7, it?.byteCount, bytes)
    let hash = try coder.data(8, it?.hash, bytes)
    let totals: [ClassTotal] = try coder.messages(9, it?.totals, bytes)
    return Self(
      size: size, root: root, projection: projection, digest: digest, view: view, form: form,
      byteCount: byteCount, hash: hash, totals: totals)
  }
}
