import CivilTime
import Foundation
import Interchange
import Tariffs

/// A plan's code.
struct PlanName {
  /// The longest.
  static let most = 64

  let text: String

  init(_ text: String) throws {
    guard (1...Self.most).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw Failure("'\(text)' cannot be a plan's code.") }
    self.text = text
  }
}

/// The records of URDB files on their way to be versions of plans.
struct URDBBatch {
  /// A record that can be published.
  struct Candidate {
    let file: String
    let rate: URDBRate
    var tariff: TariffVersion
    let warnings: [String]
    /// Whether the book does not have it yet.
    var isNew = true

    var report: URDBImportReport.Version {
      URDBImportReport.Version(
        plan: tariff.plan, version: Int(tariff.version), from: "\(tariff.effectiveFrom)",
        title: tariff.title, file: file, label: tariff.source?.label ?? "",
        sourceHash: (tariff.source?.hash ?? []).hex,
        outcome: isNew ? "published" : "unchanged", warnings: warnings, ignored: rate.ignored)
    }
  }

  private(set) var candidates: [Candidate] = []
  private(set) var refused: [RefusedTariff] = []

  init(path: String, plan: String, first: Day?, exports: ExportRule?) throws {
    var found: [(file: String, place: Int?, record: URDBFile.Record, hash: [UInt8])] = []
    let files = try FileList.at(path, endings: [".json"], advice: "Name a URDB file (.json).").files
    guard !files.isEmpty else {
      throw Failure("There is no .json file in \(path).", advice: "Name a folder of URDB files.")
    }
    for file in files {
      do {
        let read = try URDBFile(path: file)
        let hash = Identifiers.sha256(read.bytes)
        for (index, record) in read.records.enumerated() {
          found.append((file, read.records.count > 1 ? index : nil, record, hash))
        }
      } catch {
        refused.append(RefusedTariff(file: file, tariff: file, reasons: ["\(error)"]))
      }
    }
    let isOne = Set(found.map { "\($0.record.rate?.utility ?? "")\n\($0.record.title)" }).count <= 1
    for (file, place, record, hash) in found {
      guard let rate = record.rate else {
        refuse(file, record.title, record.problems.map(\.description))
        continue
      }
      let stem = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
      let name = isOne ? plan : "\(plan)-\(stem)" + (place.map { "-\($0 + 1)" } ?? "")
      do {
        let code = try PlanName(String(name.map { $0.isASCII && !$0.isWhitespace ? $0 : "-" }))
        let label = String((rate.label ?? stem).prefix(InterchangeLimits.title))
        let source = TariffSource(format: "urdb", label: label, hash: hash)
        candidates.append(
          try Candidate(file, rate, code.text, first: first, exports: exports, source: source))
      } catch {
        refuse(file, record.title, ["\(error)"])
      }
    }
  }

  private mutating func refuse(_ file: String, _ title: String, _ reasons: [String]) {
    refused.append(RefusedTariff(file: file, tariff: title, reasons: reasons))
  }

  /// Gives each candidate its version: the one that the book has of it, or the next.
  mutating func number(after rules: RuleSet) {
    candidates.sort {
      ($0.tariff.plan, $0.tariff.effectiveFrom) < ($1.tariff.plan, $1.tariff.effectiveFrom)
    }
    var kept: [Candidate] = []
    for var candidate in candidates {
      let plan = candidate.tariff.plan
      let known =
        rules.versions(of: plan).map(\.version)
        + kept.filter { $0.isNew && $0.tariff.plan == plan }.map(\.tariff)
      if let same = known.first(where: { version in
        candidate.tariff.version = version.version
        return version == candidate.tariff
      }) {
        candidate.tariff.version = same.version
        candidate.isNew = false
      } else if let last = known.map(\.effectiveFrom).max(), candidate.tariff.effectiveFrom <= last
      {
        refuse(
          candidate.file, candidate.tariff.title,
          [
            "plan \(plan) has a version from \(last) with other content, and what is published never "
              + "changes; give this one a later first day with --from, or another plan"
          ])
        continue
      } else {
        candidate.tariff.version = (known.map(\.version).max() ?? 0) + 1
      }
      kept.append(candidate)
    }
    candidates = kept
  }
}

extension URDBBatch.Candidate {
  /// - Throws: `Failure` where the record does not say from when, or how exports are paid.
  fileprivate init(
    _ file: String, _ rate: URDBRate, _ plan: String, first: Day?, exports: ExportRule?,
    source: TariffSource
  ) throws {
    var warnings = rate.warnings.map(\.description)
    guard let from = first ?? rate.start else {
      throw Failure(
        "the record does not say from when it is in force.", advice: "Say it: --from 2026-01-01.")
    }
    if let end = rate.end {
      warnings.append("the record ended on \(end); here it counts until a later version begins")
    }
    var rule = exports ?? rate.exportRule
    if rule == nil {
      guard rate.metering != .buyAllSellAll else {
        throw Failure(
          "the record buys all generation and sells all use, which takes two meters.",
          advice: "Say --metering net or --metering net-billing.")
      }
      warnings.append(
        "the record does not say how exports are paid; net metering is assumed (--metering says "
          + "otherwise)")
      rule = .net
    }
    let tariff = try rate.tariff(
      plan: plan, version: 1, from: from, exports: rule ?? .net, source: source)
    let problems = tariff.problems(calendars: [])
    guard problems.isEmpty else {
      throw Failure(problems.map { "\($0.field): \($0.message)" }.joined(separator: "; "))
    }
    self.init(file: file, rate: rate, tariff: tariff, warnings: warnings)
  }
}
