import AuditTrail
import Tariffs
import Billing
import EventLog
import EventSourcing
import Foundation
import Invoices
import ProjectionStore
import Receivables
import Revenue
import ReviewQueue

/// The projections that this program and a book define, and which version of each answers.
struct ProjectionCatalogue: Sendable {
  /// A switch from one version to another, as the book has it.
  struct Switch: Sendable {
    let position: Position
    let recordedAt: Timestamp
    let actor: String
    let reason: String
    let isRollback: Bool
    let change: ProjectionSwitch
  }

  /// How many entries of the book it was read from.
  let size: UInt64
  /// Every version of the rules among them.
  let history: RulesHistory
  /// The switches among them, in order.
  let switches: [Switch]
  /// How many classifications were published before the first account was opened.
  private let firstClassifications: Int

  /// The names of all projections.
  static let names = ["audit-trail", "invoices", "receivables", "revenue", "review-queue"]

  /// The projections that no rule of the book defines.
  private static let fixed: [any Projection] = [
    AuditIndex(), Invoices(), ReceivablesLedger(), ReviewQueue(),
  ]

  /// Reads the catalogue from the first `size` entries of the book, or all.
  init(of ledger: Ledger, size: UInt64? = nil) throws {
    let size = try size ?? ledger.book.head().size
    let history = try ledger.rulesHistory(size: size)
    var switches: [Switch] = []
    var firstAccount = Position(size)
    try ledger.book.read { snapshot in
      try snapshot.forEach(stream: ControlEvent.stream) { position, bytes in
        guard position.rawValue < size else { return .stop }
        let entry = try EntryView(bytes)
        try entry.forEachEvent(in: bytes) { _, range in
          let (isRollback, change): (Bool, ProjectionSwitch)
          switch try ControlEvent(bytes, range) {
          case .projectionPromoted(let it): (isRollback, change) = (false, it)
          case .projectionRolledBack(let it): (isRollback, change) = (true, it)
          default: return
          }
          switches.append(
            Switch(
              position: position, recordedAt: entry.header.recordedAt,
              actor: entry.header.actor, reason: entry.header.reason, isRollback: isRollback,
              change: change))
        }
        return .proceed
      }
      try snapshot.forEach { position, bytes in
        guard position.rawValue < size else { return .stop }
        guard try EntryPlace(bytes).kind == .account else { return .proceed }
        firstAccount = position
        return .stop
      }
    }
    self.size = size
    self.history = history
    self.switches = switches
    firstClassifications = history.classificationPositions.filter { $0 < firstAccount }.count
  }

  /// A version of a projection, ready to fold.
  ///
  /// - Throws: `Failure` for a name or version that there is not.
  func projection(_ identity: ProjectionIdentity) throws -> any Projection {
    switch identity.name {
    case Revenue.name where (1...history.classificationCount + 1).contains(identity.version):
      return Revenue(history, classifications: identity.version - 1)
    case Revenue.name:
      let last = history.classificationCount + 1
      throw Failure(
        "There is no \(identity): this book defines revenue@1 through revenue@\(last).",
        advice: "Publish a classification with `meterbook rules publish` to define the next.")
    default:
      guard let found = Self.fixed.first(where: { $0.identity.name == identity.name }) else {
        throw Failure(
          "There is no projection '\(identity.name)'.",
          advice: "There are \(Self.names.joined(separator: ", ")).")
      }
      guard found.identity == identity else {
        throw Failure(
          "There is no \(identity): this program knows \(found.identity).",
          advice: "`meterbook projection list` shows what there is.")
      }
      return found
    }
  }

  /// The versions of a projection, ascending.
  func versions(of name: String) throws -> [Int] {
    if name == Revenue.name { return Array(1...history.classificationCount + 1) }
    guard let found = Self.fixed.first(where: { $0.identity.name == name }) else {
      throw Failure(
        "There is no projection '\(name)'.",
        advice: "There are \(Self.names.joined(separator: ", ")).")
    }
    return [found.identity.version]
  }

  /// The version that answers: that of the last switch; before the first one, of the revenue the one
  /// that knows the classifications published before the first account was opened.
  func live(_ name: String) throws -> ProjectionIdentity {
    if let last = switches.last(where: { $0.change.identity.name == name }) {
      return last.change.identity
    }
    if name == Revenue.name { return ProjectionIdentity(name, firstClassifications + 1) }
    return ProjectionIdentity(name, try versions(of: name).last!)
  }

  /// The version that `text` names: `name@version`, or a name for the version that answers.
  func identity(_ text: String) throws -> ProjectionIdentity {
    guard text.contains("@") else { return try live(text) }
    guard let identity = ProjectionIdentity(text) else {
      throw Failure(
        "'\(text)' names no version of a projection.",
        advice: "Write it as revenue@2; `meterbook projection list` shows what there is.")
    }
    _ = try projection(identity)
    return identity
  }

  /// What a version is defined by, in a few words.
  func definition(of identity: ProjectionIdentity) -> String {
    guard identity.name == Revenue.name else { return "the program" }
    guard identity.version > 1 else { return "the standard classification" }
    let it = history.allClassifications[identity.version - 1]
    return "classification \(it.name) version \(it.version), from \(it.effectiveFrom)"
  }
}

extension Ledger {
  /// The file of a version, brought up to the first `size` entries.
  func followed(
    _ identity: ProjectionIdentity, _ catalogue: ProjectionCatalogue,
    _ progress: @escaping ProgressHandler
  ) throws -> ProjectionFile {
    try follow(catalogue.projection(identity), through: catalogue.size, progress)
  }

  /// Where a version's file is.
  func projectionPath(of identity: ProjectionIdentity) throws -> String {
    ProjectionFile.path(of: identity, in: try projectionFolder())
  }
}
