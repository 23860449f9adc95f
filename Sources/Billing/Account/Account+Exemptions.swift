public import CivilTime
import Money
import Tariffs

extension AccountState {
  /// An exemption from taxes.
  public struct Exemption: Hashable, Sendable {
    /// The exemption as it was granted.
    public var granted: TaxExemptionGranted
    /// The first day that is not exempt.
    public var ended: Day?

    /// Whether a bill of a period with this last day is exempt: the same day picks a tax's rate.
    public func covers(_ lastDay: Day) -> Bool {
      granted.from <= lastDay && ended.map { lastDay < $0 } ?? true
    }

    /// Whether it is of this tax of this jurisdiction.
    func isOf(_ jurisdiction: String, _ tax: String) -> Bool {
      granted.jurisdiction == jurisdiction && (granted.tax.isEmpty || granted.tax == tax)
    }

    /// Whether a tax could be exempt by both on one day, if the other never ends.
    fileprivate func overlaps(_ other: TaxExemptionGranted) -> Bool {
      guard granted.jurisdiction == other.jurisdiction else { return false }
      guard granted.tax.isEmpty || other.tax.isEmpty || granted.tax == other.tax else {
        return false
      }
      return ended.map { $0 > max(granted.from, other.from) } ?? true
    }
  }
}

extension Account {
  static func exempt(
    _ given: TaxExemptionGranted, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard let details = state.details else { throw .notOpened }
    try requireCertificate(given.certificate)
    guard details.jurisdictions.contains(given.jurisdiction) else {
      throw .exemption(
        .unknownJurisdiction(given.jurisdiction, known: details.jurisdictions))
    }
    guard given.from >= details.day else { throw .exemption(.beforeOpening(details.day)) }
    guard let place = state.exemptions.firstIndex(where: { $0.overlaps(given) }) else {
      return [.taxExemptionGranted(given)]
    }
    let other = state.exemptions[place]
    guard other.granted == given, other.ended == nil else {
      throw .exemption(
        .overlap(
          UInt32(place) + 1, certificate: other.granted.certificate, from: other.granted.from,
          until: other.ended))
    }
    return []
  }

  private static func requireCertificate(_ text: String) throws(AccountRejection) {
    if text.isEmpty || text.allSatisfy(\.isWhitespace) {
      throw .invalid(field: "certificate", reason: "is empty; an exemption needs one")
    }
    guard text.utf8.count <= BillingLimits.certificateBytes,
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      throw .invalid(
        field: "certificate",
        reason: "must be one line of at most \(BillingLimits.certificateBytes) bytes")
    }
  }

  static func endExemption(
    _ number: UInt32, on day: Day, reason: String, _ state: AccountState
  ) throws(AccountRejection) -> [Event] {
    guard number > 0, Int(number) <= state.exemptions.count else {
      throw .exemption(.unknownExemption(number, known: UInt32(state.exemptions.count)))
    }
    let exemption = state.exemptions[Int(number) - 1]
    if let ended = exemption.ended {
      guard ended == day else { throw .exemption(.ended(number, ended)) }
      return []
    }
    guard day >= exemption.granted.from else {
      throw .exemption(.endsBeforeStart(exemption.granted.from))
    }
    return [
      .taxExemptionEnded(TaxExemptionEnded(exemption: number, day: day, reason: reason))
    ]
  }
}

extension Bill {
  /// Rates the input; of taxes that the account is exempt from nothing is charged.
  mutating func rate() {
    rated.rate(input)
    guard !exemptions.isEmpty else { return }
    for index in rated.lines.indices {
      let line = rated.lines[index]
      guard line.amount != .zero, exemption(of: line) != nil else { continue }
      rated.total -= line.amount
      rated.lines[index] = line.waiving
    }
  }

  /// The exemption that a line of the bill comes under, if it is a tax.
  func exemption(of line: RatedLine) -> AccountState.Exemption? {
    guard !exemptions.isEmpty, line.type == .tax else { return nil }
    let rule = input.taxes[Int(line.component)]
    return exemptions.first { $0.isOf(rule.jurisdiction, rule.code) }
  }
}

extension ChargeRecorded {
  /// Whether it is a tax that the account was exempt from.
  public var isExempt: Bool { tax != nil && waived != .zero }

  /// A tax as it would be without an exemption; any other line as it is.
  var withoutExemption: ChargeRecorded {
    guard isExempt else { return self }
    var line = self
    (line.amount, line.waived, line.waivedBy) = (amount + waived, .zero, "")
    return line
  }
}
