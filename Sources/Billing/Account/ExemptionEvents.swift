public import CivilTime

/// A jurisdiction's taxes are not charged to the account from a day on: a certificate says so, as of a
/// school, a church or a reseller. Exemptions of an account are numbered from 1.
public struct TaxExemptionGranted: Hashable, Sendable {
  /// The jurisdiction's code, one of the account's.
  public var jurisdiction: String
  /// The code of the one tax that is exempt; empty for all of the jurisdiction.
  public var tax: String
  /// The certificate, as the customer handed it in; invoices name it.
  public var certificate: String
  /// Bills of periods whose last day is this one or later are exempt.
  public var from: Day

  /// An exemption.
  public init(jurisdiction: String, tax: String = "", certificate: String, from: Day) {
    self.jurisdiction = jurisdiction
    self.tax = tax
    self.certificate = certificate
    self.from = from
  }
}

/// The account is not exempt any more.
public struct TaxExemptionEnded: Hashable, Sendable {
  /// The exemption's number on the account, from 1.
  public var exemption: UInt32
  /// The first day that is not exempt: bills of periods whose last day is this one or later are taxed.
  public var day: Day
  /// Why.
  public var reason: String

  /// The end of an exemption.
  public init(exemption: UInt32, day: Day, reason: String) {
    self.exemption = exemption
    self.day = day
    self.reason = reason
  }
}
