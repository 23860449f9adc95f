import Billing
import CivilTime
import EventLog
import Foundation
import Interchange
import Tariffs

/// What `rules import-urdb` did.
public struct URDBImportReport: Report {
  /// A record that is a published tariff version now, or was before.
  public struct Version: Encodable, Hashable, Sendable {
    let plan: String
    let version: Int
    let from: String
    let title: String
    let file: String
    let label: String
    /// SHA-256 of the file, in hexadecimal.
    let sourceHash: String
    /// `published` now, or `unchanged`.
    let outcome: String
    /// What is odd, or may be money and is not used.
    let warnings: [String]
    /// Fields that say nothing about prices.
    let ignored: [String]

    private enum CodingKeys: String, CodingKey {
      case plan, version, from, title, file, label, outcome, warnings, ignored
      case sourceHash = "source_hash"
    }
  }

  let versions: [Version]
  let refused: [RefusedTariff]
  let root: String

  /// Whether every record could be published.
  public var isSatisfied: Bool { refused.isEmpty }

  /// A line a version, with what is odd and what was not used.
  public var text: String {
    var lines: [String] = []
    for version in versions {
      lines.append(
        "\(version.outcome)  tariff \(version.plan) version \(version.version) from \(version.from)  "
          + version.title)
      lines.append(
        "           source urdb \(version.label), SHA-256 \(version.sourceHash.prefix(16))")
      lines += version.warnings.map { "           note: \($0)" }
      if !version.ignored.isEmpty {
        lines.append("           not about prices: \(version.ignored.joined(separator: ", "))")
      }
    }
    for tariff in refused {
      lines.append(
        "refused    \(tariff.tariff == tariff.file ? "" : "\(tariff.tariff), ")\(tariff.file)")
      lines += tariff.reasons.map { "           \($0)" }
    }
    if !versions.contains(where: { $0.outcome == "published" }) {
      lines.append("Nothing was added: the book is as it was, root \(root)")
    }
    return lines.joined(separator: "\n")
  }
}

extension Ledger {
  /// Publishes the rates of a URDB file, or of all `.json` files of a folder.
  ///
  /// One rate becomes `plan`, its records the versions in the order of their first days. Several
  /// rates become plans of their own, `plan` and the file's name, with the record's number where a
  /// file has several. What can be published is, in one entry; what cannot is listed.
  ///
  /// - Parameters:
  ///   - from: the first day, for records that name none; it takes the place of what they name.
  ///   - metering: how exports are paid; `nil` for what each record says.
  public func importURDB(
    from path: String, plan: String, first from: String? = nil, metering: RateMetering? = nil
  ) throws -> URDBImportReport {
    guard (try? PlanName(plan)) != nil else {
      throw Failure(
        "'\(plan)' cannot be a plan's code.",
        advice: "Use 1 to \(PlanName.most) printable ASCII characters without space.")
    }
    let first = try from.map { text in
      guard let day = Day(iso: text) else {
        throw Failure(
          "--from \(text) is not a date.", advice: "Write an existing day as 2026-03-01.")
      }
      return day
    }
    var batch = try URDBBatch(
      path: path, plan: plan, first: first,
      exports: metering.flatMap { ExportRule(rawValue: $0.rawValue) })
    let published = try rulebook().rules
    batch.number(after: published)
    let events = batch.candidates.filter(\.isNew).map { Event(publishing: .tariff($0.tariff)) }
    if !events.isEmpty { _ = try publish(.publish(events)) }
    return try URDBImportReport(
      versions: batch.candidates.map(\.report), refused: batch.refused,
      root: book.head().root.bytes.hex)
  }
}
