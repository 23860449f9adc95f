public import CivilTime

/// Why an account refuses an exemption from taxes, or its end.
public enum ExemptionProblem: Hashable, Sendable {
  /// The account's taxes are not of this jurisdiction.
  case unknownJurisdiction(String, known: [String])
  /// Before the account was opened.
  case beforeOpening(Day)
  /// Another exemption covers the same taxes on some of the days.
  case overlap(UInt32, certificate: String, from: Day, until: Day?)
  /// The account has no such exemption; those it has.
  case unknownExemption(UInt32, known: UInt32)
  /// It would end before it begins.
  case endsBeforeStart(Day)
  /// It ended on another day.
  case ended(UInt32, Day)
}

extension ExemptionProblem: CustomStringConvertible {
  /// The reason's name, for good.
  public var code: String {
    switch self {
    case .unknownJurisdiction: "unknown-jurisdiction"
    case .beforeOpening: "before-opening"
    case .overlap: "exempt"
    case .unknownExemption: "unknown-exemption"
    case .endsBeforeStart: "ends-before-start"
    case .ended: "exemption-ended"
    }
  }

  /// The field at fault.
  public var field: String {
    switch self {
    case .unknownJurisdiction: "jurisdiction"
    case .beforeOpening, .overlap: "from"
    case .unknownExemption: "exemption"
    case .endsBeforeStart, .ended: "on"
    }
  }

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .unknownJurisdiction(let code, let known):
      known.isEmpty
        ? "the account has no jurisdiction, so no taxes"
        : "'\(code)' is no jurisdiction of the account; it has \(known.joined(separator: ", "))"
    case .beforeOpening(let day): "the account was opened on \(day)"
    case .overlap(let number, let certificate, let from, let until):
      "exemption \(number), certificate \(certificate), covers that from \(from) "
        + (until.map { "until \($0)" } ?? "on")
    case .unknownExemption(let number, let known):
      "the account has no exemption \(number); "
        + (known == 0 ? "it has none" : known == 1 ? "it has only 1" : "it has 1 to \(known)")
    case .endsBeforeStart(let day): "the exemption begins on \(day)"
    case .ended(let number, let day): "exemption \(number) ended on \(day)"
    }
  }

  /// What to do next.
  public var advice: String {
    switch self {
    case .unknownJurisdiction(_, let known):
      known.isEmpty ? "nothing is to be exempt" : "name one of the account's jurisdictions"
    case .beforeOpening: "check the date and the account"
    case .overlap(let number, _, _, let until):
      until == nil
        ? "end exemption \(number) first, with --end \(number)"
        : "begin where exemption \(number) ends"
    case .unknownExemption: "see `meterbook balance` for the account's exemptions"
    case .endsBeforeStart:
      "end it on that day or later; on that day itself, it was never granted"
    case .ended: "an exemption ends once; grant another"
    }
  }
}
