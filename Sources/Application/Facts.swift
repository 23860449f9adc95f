import Billing
import CivilTime
import Metering
import Money
import Tariffs

/// The facts of an event by name, for reports: whatever its type holds, without what is empty.
enum Facts {
  /// One fact of an event.
  struct Fact: Encodable, Hashable, Sendable {
    let name: String
    let value: String
  }

  /// What is told even where it is zero.
  private static let tellsZero: Set<String> = ["value", "amount", "total"]

  /// What says nothing.
  private static let emptyTexts: Set<String> = ["", "0", "0.00", "false", "unspecified"]

  /// The facts of `event`'s payload, in the order of its declaration.
  static func of(_ event: Event) -> [Fact] {
    guard let payload = Mirror(reflecting: event).children.first?.value else { return [] }
    return of(payload)
  }

  /// The facts of `event` on an account.
  ///
  /// - Parameters:
  ///   - line: What a charge is, in words, where that is known.
  ///   - meters: Those of the account: what readings are counted in.
  ///   - address: Where in the book an event of the account's stream is.
  static func of(
    _ event: Event, line: String?, meters: [AccountState.Meter],
    address: (EventReference) -> String
  ) -> [Fact] {
    switch event {
    case .chargeRecorded(let it):
      guard let line else { return of(event) }
      let told = ["amount", "waived", "waived_by", "about"]
      let exempt = ["waived": "exempt", "waived_by": "certificate"]
      return [Fact(name: "line", value: line)]
        + of(it).filter { told.contains($0.name) }.map { fact in
          guard it.isExempt, let name = exempt[fact.name] else { return fact }
          return Fact(name: name, value: fact.value)
        }
    case .readingRecorded(let it):
      return reading(it.register, it.at, it.value, it.quality, it.method, meters)
        + (it.estimate.map { estimate in
          let (from, until) = (estimate.from, estimate.until)
          return [
            Fact(name: "estimated_by", value: estimate.method.name),
            Fact(
              name: "history",
              value: "events \(address(from)) to \(address(until))"),
          ]
        } ?? [])
    case .readingCorrected(let it):
      return reading(it.register, it.at, it.value, it.quality, it.method, meters)
        + [Fact(name: "reason", value: it.reason)]
    case .invoiceIssued(let it):
      return of(it).map { fact in
        switch fact.name {
        case "readings":
          return Fact(name: fact.name, value: it.readings.map(address).joined(separator: " "))
        case "intervals":
          let runs = it.intervals.map { run in
            run.count == 1 ? address(run.first) : "\(address(run.first)) and \(run.count - 1) more"
          }
          return Fact(name: fact.name, value: runs.joined(separator: "; "))
        default: return fact
        }
      }
    case .invoiceCancelled(let it):
      return [
        Fact(name: "invoice", value: "\(it.invoice.ordinal)"),
        Fact(name: "total", value: "\(it.invoice.total)"),
      ] + of(it).filter { $0.name != "invoice" }
    default: return of(event)
    }
  }

  private static func reading(
    _ register: RegisterNumber, _ at: Instant, _ value: Int64, _ quality: Quality,
    _ method: ReadingMethod, _ meters: [AccountState.Meter]
  ) -> [Fact] {
    let facts = [
      ("register", meters.name(register)), ("at", "\(at)"),
      ("value", meters.value(value, register)), ("quality", quality.name),
      ("method", "\(method)"),
    ]
    return facts.filter { !emptyTexts.contains($0.1) || tellsZero.contains($0.0) }
      .map { Fact(name: $0.0, value: $0.1) }
  }

  private static func of(_ value: Any) -> [Fact] {
    Mirror(reflecting: value).children.compactMap { child in
      guard let label = child.label, let text = text(child.value) else { return nil }
      let isTold = tellsZero.contains(label) || !emptyTexts.contains(text)
      return isTold ? Fact(name: snakeCase(label), value: text) : nil
    }
  }

  /// The value as text; `nil` if there is nothing to tell.
  private static func text(_ value: Any) -> String? {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      return mirror.children.first.flatMap { text($0.value) }
    case .collection:
      if let bytes = value as? [UInt8] { return bytes.isEmpty ? nil : bytes.hex }
      let elements = mirror.children.map { text($0.value) ?? "0" }
      return elements.isEmpty ? nil : elements.joined(separator: " ")
    case .struct where !(value is any CustomStringConvertible):
      let parts = of(value).map { "\($0.name) \($0.value)" }
      return parts.isEmpty ? nil : "(" + parts.joined(separator: ", ") + ")"
    case .enum where !(value is any CustomStringConvertible):
      // A case in words, and what it holds.
      let name = mirror.children.first?.label ?? "\(value)"
      let words = snakeCase(name).replacing("_", with: " ")
      return words + (mirror.children.first.flatMap { text($0.value) }.map { " \($0)" } ?? "")
    default:
      return "\(value)"
    }
  }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { result, letter in
      if letter.isUppercase { result += "_" }
      result += letter.lowercased()
    }
  }
}
