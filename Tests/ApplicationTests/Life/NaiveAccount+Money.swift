import CivilTime

/// Why the model thinks that something must be refused: the code that imports report, and words of the
/// sentence that the program must say.
struct Wrong: Hashable, CustomStringConvertible {
  var code: String
  var words: String

  init(_ code: String, _ words: String) {
    self.code = code
    self.words = words
  }

  var description: String { "\(code) (\"\(words)\")" }
}

/// What the model expects of a command: everything that is wrong with it, or whether it adds anything.
struct Expected {
  /// Any of these is a true reason to refuse.
  var wrongs: Set<Wrong> = []
  /// Whether the book grows.
  var adds = false
  /// Figures of the report, by name.
  var facts: [String: String] = [:]

  static func refused(_ wrongs: Set<Wrong>) -> Expected { Expected(wrongs: wrongs) }
  static let nothing = Expected()
  static let added = Expected(adds: true)
}

/// Money in and out, and what is contested.
extension NaiveAccount {
  /// Lets every credit pay what is open: what the customer named first, then the oldest due date. The
  /// credit of an invoice pays the late fees on the same invoice too, in its turn.
  ///
  /// - Parameter first: The invoice that goes before all; 0 for none.
  mutating func spread(first: Int = 0) {
    let sources =
      payments.enumerated().filter { left($0.element) > 0 }
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map { (Part.Source.payment($0.element.reference), $0.element.invoice) }
      + invoices.filter { open($0).charges < 0 }.map { (Part.Source.credit($0.number), 0) }
    for (source, named) in sources {
      let meant = standing(first != 0 ? first : named)
      let targets = invoices.sorted {
        if ($0.number == meant) != ($1.number == meant) { return $0.number == meant }
        return ($0.due, $0.number) < ($1.due, $1.number)
      }
      for invoice in targets {
        let payable = payable(invoice)
        var rest = money(of: source)
        let charges = min(rest, payable.charges)
        rest -= charges
        let fees = min(rest, payable.fees)
        guard charges + fees > 0 else { continue }
        parts.append(
          Part(source: source, invoice: invoice.number, charges: charges, fees: fees))
      }
    }
  }

  /// What is left of a source.
  private func money(of source: Part.Source) -> Int {
    switch source {
    case .payment(let reference):
      payments.first { $0.reference == reference }.map(left) ?? 0
    case .credit(let number): max(0, -open(invoices[number - 1]).charges)
    }
  }

  /// What may be paid of an invoice: not what is contested.
  private func payable(_ invoice: Invoice) -> (charges: Int, fees: Int) {
    var (charges, fees) = open(invoice)
    for dispute in disputes where dispute.outcome == nil && dispute.invoice == invoice.number {
      if dispute.amount == 0 { return (0, 0) }
      charges -= dispute.amount
    }
    return (max(0, charges), max(0, fees))
  }

  /// The invoice that stands for one after cancellations.
  func standing(_ number: Int) -> Int {
    guard let place = place(number), let next = invoices[place].replacedBy else { return number }
    return standing(next)
  }

  // MARK: Payments

  mutating func pay(
    _ reference: String, _ amount: Int, at: Int, day: Day, invoice: Int, today: Day
  ) -> Expected {
    var wrongs: Set<Wrong> = []
    if amount <= 0 { wrongs.insert(Wrong("invalid", "a payment is above zero")) }
    if let known = payments.first(where: { $0.reference == reference }) {
      if amount > 0, known.amount == amount, known.day == day { return .nothing }
      if known.amount != amount || known.day != day {
        wrongs.insert(Wrong("conflict", "is recorded with"))
      }
    }
    if day > today { wrongs.insert(Wrong("in-future", "later than today")) }
    if day < terms.begins { wrongs.insert(Wrong("before-opening", "account was opened on")) }
    if invoice != 0, place(invoice) == nil {
      wrongs.insert(Wrong("unknown-invoice", "has no invoice"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    payments.append(
      Payment(
        reference: reference, amount: amount, at: at, day: day, invoice: invoice, plan: activePlan))
    spread()
    takeBackFees(because: payments[payments.count - 1])
    if let plan = activePlan, paid(plan) >= plans[plan].total { end(plan, completed: today) }
    return .added
  }

  /// A payment that had come before a run of which nobody knew takes the fee back, if with it nothing
  /// was open then.
  private mutating func takeBackFees(because payment: Payment) {
    for index in lateFees.indices
    where !lateFees[index].isReversed && payment.at <= lateFees[index].at {
      let fee = lateFees[index]
      let invoice = invoices[fee.invoice - 1]
      guard !invoice.isCancelled else { continue }
      var open = invoice.total - max(0, invoice.fees)
      for part in parts where part.invoice == fee.invoice {
        switch part.source {
        case .payment(let reference):
          let at = payments.first { $0.reference == reference }?.at ?? .max
          if at <= fee.at { open -= part.charges }
        case .credit(let number):
          if invoices[number - 1].order < fee.order { open -= part.charges }
        }
      }
      if open <= 0 { takeBack(fee: index, by: payment.reference, saying: "") }
    }
  }

  mutating func returned(
    _ reference: String, _ day: Day, _ reason: String, today: Day
  ) -> Expected {
    guard let place = payments.firstIndex(where: { $0.reference == reference }) else {
      return .refused([Wrong("unknown-payment", "has no payment")])
    }
    var wrongs: Set<Wrong> = []
    if let before = payments[place].returned {
      if before == day { return .nothing }
      wrongs.insert(Wrong("payment-returned", "was returned on"))
    }
    if day < payments[place].day { wrongs.insert(Wrong("invalid", "the payment came on")) }
    if day > today { wrongs.insert(Wrong("in-future", "later than today")) }
    if reason.isEmpty { wrongs.insert(Wrong("invalid", "say why it was returned")) }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    parts.removeAll { $0.source == .payment(reference) }
    payments[place].returned = day
    for fee in lateFees where fee.reversedBy == reference {
      let item = add("LATE_FEE", "LATE_FEE", fee.amount, about: fee.invoice, reason: "")
      lateFees.append(
        LateFee(
          invoice: fee.invoice, amount: fee.amount, at: fee.at, order: nextOrder(), item: item))
    }
    spread()
    return .added
  }

  // MARK: Disputes and plans

  mutating func dispute(_ number: Int, _ amount: Int?, _ reason: String, today: Day) -> Expected {
    var wrongs: Set<Wrong> = []
    if reason.isEmpty { wrongs.insert(Wrong("invalid", "say what the customer contests")) }
    guard let place = place(number) else {
      return .refused(wrongs.union([Wrong("unknown-invoice", "has no invoice")]))
    }
    let invoice = invoices[place]
    if invoice.isCancelled { wrongs.insert(Wrong("invoice-cancelled", "was cancelled")) }
    if let running = disputes.last(where: { $0.invoice == number && $0.outcome == nil }) {
      if wrongs.isEmpty, running.amount == amount ?? 0, running.reason == reason {
        return .nothing
      }
      wrongs.insert(Wrong("dispute-open", "is in dispute since"))
    }
    let open = openInAll(invoice)
    if open <= 0 { wrongs.insert(Wrong("nothing-open", "nothing of invoice")) }
    if let amount, amount < 0 || amount > open {
      wrongs.insert(Wrong("invalid", "of the invoice"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    disputes.append(Dispute(invoice: number, amount: amount ?? 0, day: today, reason: reason))
    return .added
  }

  mutating func resolve(
    _ number: Int, _ outcome: String, _ given: Int?, _ reason: String, approver: String, today: Day
  ) -> Expected {
    var wrongs = words(reason, approver)
    guard let place = disputes.lastIndex(where: { $0.invoice == number }) else {
      return .refused(wrongs.union([Wrong("no-dispute", "is not in dispute")]))
    }
    if let before = disputes[place].outcome {
      if wrongs.isEmpty, before == outcome { return .nothing }
      return .refused(wrongs.union([Wrong("no-dispute", "is not in dispute")]))
    }
    let invoice = invoices[number - 1]
    let contested = disputes[place].amount
    let amount = given ?? (contested == 0 ? openInAll(invoice) : contested)
    if outcome == "upheld", amount <= 0 || amount > invoice.total {
      wrongs.insert(Wrong("invalid", "what is upheld is above zero"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    disputes[place].outcome = outcome
    disputes[place].ended = today
    if outcome == "upheld" {
      add("ADJUSTMENT", "VARIABLE_ENERGY", -amount, about: number, reason: reason)
      issueStatement(today, first: number)
    }
    spread()
    return .added
  }

  mutating func startPlan(
    _ parts: [(due: Day, amount: Int)], _ reason: String, today: Day
  ) -> Expected {
    if let active = activePlan {
      let plan = plans[active]
      let isSame =
        plan.reason == reason && plan.instalments.map(\.due) == parts.map(\.due)
        && plan.instalments.map(\.amount) == parts.map(\.amount)
      return isSame ? .nothing : .refused([Wrong("plan-active", "a payment plan runs since")])
    }
    var wrongs: Set<Wrong> = []
    if closed != nil { wrongs.insert(Wrong("account-closed", "account was closed")) }
    let dues = parts.map(\.due)
    if dues.isEmpty || zip(dues, dues.dropFirst()).contains(where: { $0 >= $1 })
      || dues.contains(where: { $0 < today })
    {
      wrongs.insert(Wrong("invalid", "one date each"))
    }
    if parts.contains(where: { $0.amount <= 0 }) {
      wrongs.insert(Wrong("invalid", "each be above zero"))
    }
    if balance <= 0 { wrongs.insert(Wrong("nothing-owed", "owes nothing")) }
    if balance > 0, parts.map(\.amount).sum > balance {
      wrongs.insert(Wrong("invalid", "the account owes"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    plans.append(Plan(day: today, instalments: parts, reason: reason))
    return .added
  }

  mutating func breakPlan(_ reason: String, today: Day) -> Expected {
    if reason.isEmpty { return .refused([Wrong("invalid", "broken for a reason")]) }
    guard let active = activePlan else {
      if let last = plans.last, last.broken == today { return .nothing }
      return .refused([Wrong("no-plan", "no payment plan runs")])
    }
    end(active, broken: today)
    return .added
  }

  func words(_ reason: String, _ approver: String) -> Set<Wrong> {
    var wrongs: Set<Wrong> = []
    if reason.isEmpty { wrongs.insert(Wrong("invalid", "say why")) }
    if approver.isEmpty || approver.contains(" ") {
      wrongs.insert(Wrong("invalid", "printable characters"))
    }
    return wrongs
  }
}
