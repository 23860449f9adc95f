public import Tariffs

/// A rule that can be published: one version of a tariff, a tax, a calendar, the policies or a
/// classification.
public enum Rule: Hashable, Sendable {
  /// A rate plan's prices.
  case tariff(TariffVersion)
  /// A tax.
  case tax(TaxRule)
  /// Working days and seasons.
  case calendar(Calendar)
  /// What a utility decides where practice differs.
  case policies(Policies)
  /// Where the lines of invoices rest.
  case classification(Classification)

  /// What the rule is a version of and which: two rules of the same identity must be the same.
  ///
  /// As `tariff R1 version 2`, `tax US-ST/sales from 2020-01-01`.
  public var identity: String {
    switch self {
    case .tariff(let tariff): "tariff \(tariff.plan) version \(tariff.version)"
    case .tax(let tax): "tax \(tax.jurisdiction)/\(tax.code) from \(tax.effectiveFrom)"
    case .calendar(let calendar): "calendar \(calendar.name) version \(calendar.version)"
    case .policies(let policies): "policy version \(policies.version)"
    case .classification(let it): "classification \(it.name) version \(it.version)"
    }
  }
}

/// A rule read from a file, and where it stands.
public struct LoadedRule: Hashable, Sendable {
  /// The rule.
  public var rule: Rule
  /// The file.
  public var file: String
  /// The line where its document begins.
  public var line: Int
  /// Where its fields stand, by path as `components[0].tiers[1].price`.
  var places: [String: RulePlace]

  /// The place of a field, or of the nearest field around it that the file has.
  func place(of field: String) -> RulePlace {
    var path = Substring(field)
    while !path.isEmpty {
      if let place = places[String(path)] { return place }
      guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = path[..<cut]
    }
    return RulePlace(line: line, column: 1)
  }
}

/// A place in a file, from 1.
struct RulePlace: Hashable, Sendable {
  var line: Int
  var column: Int
}

/// What is wrong in a rule file, where, and what to do.
public struct RuleFileProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column, from 1.
  public var column: Int
  /// The path of the field, as `components[0].tiers[1].price`; empty for the document.
  public var field: String
  /// What is wrong and what to do.
  public var message: String

  /// `file:line:column: field: message`.
  public var description: String {
    "\(file):\(line):\(column): " + (field.isEmpty ? "" : field + ": ") + message
  }
}
