import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Money
import Tariffs

/// What an account owes, and why.
public struct BalanceReport: Report {
  /// An invoice.
  public struct Invoice: Encodable, Sendable {
    let invoice: String
    let due: String
    let total: String
    let paid: String
    let open: String
    let status: String
  }

  /// A payment.
  public struct Payment: Encodable, Sendable {
    let reference: String
    let received: String
    let amount: String
    /// What of it is not set against an invoice.
    let credit: String
    let method: String
    let status: String
  }

  /// A line that waits for the next invoice.
  public struct Item: Encodable, Sendable {
    let type: String
    let revenueClass: String
    let amount: String
    let about: String?
    let reason: String

    private enum CodingKeys: String, CodingKey {
      case type, amount, about, reason
      case revenueClass = "class"
    }
  }

  /// A dispute.
  public struct Dispute: Encodable, Sendable {
    let invoice: String
    let opened: String
    let amount: String
    let reason: String
    let status: String
  }

  /// A payment plan.
  public struct Plan: Encodable, Sendable {
    let started: String
    let total: String
    let paid: String
    let instalments: [String: String]
    let status: String
  }

  /// A promotion that the account takes, or took, part in.
  public struct Promotion: Encodable, Sendable {
    let promotion: String
    let waives: String
    let from: String
    /// On how many bills of how many it is.
    let bills: String
    let status: String
  }

  /// An exemption from taxes, by its number on the account.
  public struct Exemption: Encodable, Sendable {
    let exemption: Int
    let of: String
    let certificate: String
    let from: String
    /// The first day that is not exempt.
    let ended: String?
  }

  let account: String
  let asOf: String
  let balance: String
  let credit: String
  let invoices: [Invoice]
  let payments: [Payment]
  let waiting: [Item]
  let disputes: [Dispute]
  let plans: [Plan]
  let promotions: [Promotion]
  let exemptions: [Exemption]

  private enum CodingKeys: String, CodingKey {
    case account, balance, credit, invoices, payments, waiting, disputes, plans, promotions
    case exemptions
    case asOf = "as_of"
  }

  /// Tables, those that are empty left out.
  public var text: String {
    var parts = ["Account \(account) on \(asOf): balance \(InvoiceDocument.grouped(balance))"]
    if credit != "0.00" { parts[0] += ", credit \(InvoiceDocument.grouped(credit))" }
    var table = Table([
      ("Invoice", .left), ("Due", .left), ("Total", .right), ("Paid", .right), ("Open", .right),
      ("Status", .left),
    ])
    for it in invoices { table.add([it.invoice, it.due, it.total, it.paid, it.open, it.status]) }
    parts.append(invoices.isEmpty ? "No invoices." : table.text())
    if !payments.isEmpty {
      var table = Table([
        ("Payment", .left), ("Received", .left), ("Amount", .right), ("Credit", .right),
        ("Status", .left),
      ])
      for it in payments {
        table.add([it.reference, it.received, it.amount, it.credit, it.status])
      }
      parts.append(table.text())
    }
    if !waiting.isEmpty {
      var table = Table([
        ("Waits for the next invoice", .left), ("Class", .left), ("Amount", .right),
        ("About", .left), ("Reason", .left),
      ])
      for it in waiting {
        table.add([it.type, it.revenueClass, it.amount, it.about ?? "", it.reason])
      }
      parts.append(table.text())
    }
    if !disputes.isEmpty {
      var table = Table([
        ("Dispute of", .left), ("Opened", .left), ("Amount", .right), ("Status", .left),
        ("Reason", .left),
      ])
      for it in disputes { table.add([it.invoice, it.opened, it.amount, it.status, it.reason]) }
      parts.append(table.text())
    }
    if !plans.isEmpty {
      var table = Table([
        ("Plan from", .left), ("Total", .right), ("Paid", .right), ("Status", .left),
        ("Instalments", .left),
      ])
      for it in plans {
        let instalments = it.instalments.sorted { $0.key < $1.key }
          .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        table.add([it.started, it.total, it.paid, it.status, instalments])
      }
      parts.append(table.text())
    }
    if !promotions.isEmpty {
      var table = Table([
        ("Promotion", .left), ("Waives", .left), ("From", .left), ("Bills", .right),
        ("Status", .left),
      ])
      for it in promotions { table.add([it.promotion, it.waives, it.from, it.bills, it.status]) }
      parts.append(table.text())
    }
    if !exemptions.isEmpty {
      var table = Table([
        ("Exemption", .right), ("Of", .left), ("Certificate", .left), ("From", .left),
        ("Ended", .left),
      ])
      for it in exemptions {
        table.add(["\(it.exemption)", it.of, it.certificate, it.from, it.ended ?? ""])
      }
      parts.append(table.text())
    }
    return parts.joined(separator: "\n\n")
  }
}

extension Ledger {
  /// What an account owes, and why: its invoices, payments, disputes and plans;
  /// its promotions and exemptions.
  public func balance(of account: String) throws -> BalanceReport {
    _ = try accountStream(account)
    let state = try book.read { try AccountState(of: account, in: $0) }
    let today = try rulebook().zone(of: state).day(of: present().instant)
    let receivables = state.receivables
    func name(_ ordinal: UInt32) -> String {
      InvoiceIssued.number(account: account, ordinal: ordinal)
    }
    return BalanceReport(
      account: account, asOf: today.description, balance: state.balance.description,
      credit: receivables.payments.map(\.unallocated).sum().description,
      invoices: state.invoices.map { it in
        BalanceReport.Invoice(
          invoice: name(it.ordinal), due: it.due.description, total: it.total.description,
          paid: (it.paid + it.paidFees).description, open: it.open.description,
          status: state.status(of: it, on: today, account))
      },
      payments: receivables.payments.map { it in
        BalanceReport.Payment(
          reference: it.received.reference, received: it.received.day.description,
          amount: it.received.amount.description, credit: it.unallocated.description,
          method: it.received.method,
          status: it.returned.map { "returned on \($0)" } ?? "received")
      },
      waiting: receivables.items.filter(\.isWaiting).map { it in
        BalanceReport.Item(
          type: it.type.name, revenueClass: it.revenueClass.name, amount: it.amount.description,
          about: it.about == 0 ? nil : name(it.about), reason: it.reason)
      },
      disputes: receivables.disputes.map { it in
        BalanceReport.Dispute(
          invoice: name(it.opened.invoice), opened: it.opened.day.description,
          amount: it.opened.amount == .zero ? "all" : it.opened.amount.description,
          reason: it.opened.reason,
          status: it.resolved.map { "\($0.outcome.name) on \($0.day)" } ?? "open")
      },
      plans: receivables.plans.map { it in
        BalanceReport.Plan(
          started: it.started.day.description, total: it.total.description,
          paid: it.paid.description,
          instalments: Dictionary(
            uniqueKeysWithValues: it.started.instalments.map {
              ($0.due.description, $0.amount.description)
            }),
          status: it.broken.map { "broken on \($0)" } ?? it.completed.map { "completed on \($0)" }
            ?? "active")
      },
      promotions: receivables.promotions.map { it in
        BalanceReport.Promotion(
          promotion: it.enrolled.promotion, waives: it.enrolled.component,
          from: it.enrolled.from.description, bills: "\(it.bills.count) of \(it.enrolled.bills)",
          status: it.ended.map { "ended on \($0)" }
            ?? (it.bills.count < Int(it.enrolled.bills) ? "active" : "through"))
      },
      exemptions: state.exemptions.enumerated().map { index, it in
        BalanceReport.Exemption(
          exemption: index + 1, of: it.granted.words, certificate: it.granted.certificate,
          from: it.granted.from.description, ended: it.ended?.description)
      })
  }
}

extension AccountState {
  /// What became of an invoice, in words.
  func status(of invoice: Invoice, on today: Day, _ account: String) -> String {
    if invoice.isCancelled { return cancellation(of: invoice, account) ?? "" }
    var words: [String] = invoice.isStatement ? ["statement"] : []
    if receivables.openDispute(of: invoice.ordinal) != nil { words.append("in dispute") }
    if invoice.writtenOff + invoice.writtenOffFees > .zero { words.append("written off") }
    if invoice.open < .zero {
      words.append("credit")
    } else if invoice.open == .zero {
      if words.last != "written off" { words.append(invoice.total < .zero ? "used" : "paid") }
    } else if today > invoice.due {
      words.append("overdue \(today - invoice.due) days")
    } else {
      words.append("open")
    }
    return words.joined(separator: ", ")
  }

  /// That an invoice was cancelled, and what replaces it; `nil` where it stands.
  func cancellation(of invoice: Invoice, _ account: String) -> String? {
    guard invoice.isCancelled else { return nil }
    let other = invoice.replacedBy
    return other == 0
      ? "cancelled"
      : "cancelled, replaced by \(InvoiceIssued.number(account: account, ordinal: other))"
  }
}
