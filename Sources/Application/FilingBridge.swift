import Billing
public import Documents
import EventLog
import EventSourcing
import ProjectionStore
import Revenue

/// What moved a quarter from what was filed to what is known now, by cause.
public struct FilingBridge: Report {
  /// The bridge, for every form it is printed in.
  public let document: ReportDocument

  /// The document as text.
  public var text: String { document.text }
  /// Whether the steps come to what is known now.
  public var isSatisfied: Bool { document.agrees }

  /// The document as JSON.
  public func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
}

extension Ledger {
  /// The bridge from what was filed for a quarter to what is known now, restated by the version of
  /// revenue that answers.
  ///
  /// - Parameters:
  ///   - restatement: Which restatement to begin at; 0 for the first filing, `nil` for what was filed
  ///     last.
  ///   - limit: At most so many corrections are listed; 0 for all.
  public func bridge(
    of quarter: Quarter, restatement: Int?, limit: Int, progress: @escaping ProgressHandler
  ) throws -> FilingBridge {
    let filed = try filed(quarter)
    let place = restatement ?? filed.sealed.count - 1
    guard filed.sealed.indices.contains(place) else {
      throw Failure(
        "\(quarter) was restated \(filed.sealed.count - 1) times: there is no restatement \(place).",
        advice: "`meterbook file show \(quarter)` lists what was filed.")
    }
    let sealed = filed.sealed[place]
    let catalogue = try ProjectionCatalogue(of: self)
    let asFiled = try make(sealed, quarter, progress)
    let live = try catalogue.live(Revenue.name)
    let now = try revenue(of: quarter, .restated, live, catalogue, progress)
    guard let identity = ProjectionIdentity(sealed.projection) else {
      throw Failure("\(sealed.projection) is no projection.", advice: "Run `meterbook verify`.")
    }
    var steps = try BridgeSteps(quarter, sealed)
    try steps.take(
      catalogue.projection(identity), of: self, size: catalogue.size, progress)
    let byFiled = try RevenueFigures(
      rows(catalogue.projection(identity), catalogue.size, progress), size: catalogue.size)
    steps.reclassify(byFiled, to: now.cells)
    let document = BridgeDocument(
      quarter: quarter, sealed: sealed, number: place, asFiled: asFiled, now: now,
      live: live, size: catalogue.size, steps: steps, limit: limit)
    return FilingBridge(document: document.document())
  }
}
