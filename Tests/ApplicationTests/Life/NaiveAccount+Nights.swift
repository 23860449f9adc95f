import CivilTime

/// Late fees: the decision table, row by row.
extension NaiveAccount {
  /// What a run decides on an invoice.
  struct Decision {
    /// The row, from 1; 8 for a fee, 9 for a cap that leaves nothing.
    var row: Int
    var fee = 0
    var payment: String?
  }

  /// What a run found and did.
  struct Night {
    var rows: [Int: Int] = [:]
    var amount = 0
    var reasons = 0
    var broken = 0
    var statements = 0
  }

  /// Breaks the plan of which an instalment was due before today and is not paid.
  private mutating func breakOverduePlan(_ today: Day) -> Bool {
    guard let active = activePlan else { return false }
    let due = plans[active].instalments.filter { $0.due < today }.map(\.amount).sum
    guard paid(active) < due else { return false }
    end(active, broken: today)
    return true
  }

  func decide(_ invoice: Invoice, at moment: Int) -> Decision {
    if lateFees.contains(where: { $0.invoice == invoice.number }) { return Decision(row: 1) }
    let open = open(invoice).charges
    if invoice.isCancelled || invoice.givenUp > 0 || open <= 0 { return Decision(row: 2) }
    let terms = rules.lateFee(on: NaiveClock.day(moment))
    if NaiveClock.day(moment) - invoice.due < terms.after { return Decision(row: 3) }
    if activePlan != nil { return Decision(row: 4) }
    if disputes.contains(where: { $0.invoice == invoice.number && $0.outcome == nil }) {
      return Decision(row: 5)
    }
    let within = payments.first { payment in
      payment.returned == nil && payment.at > moment - 24 * 3_600 && payment.at <= moment
        && (graces[invoice.number] ?? payment.reference) == payment.reference
    }
    if let within { return Decision(row: 6, payment: within.reference) }
    if self.terms.customerClass == "public-authority" { return Decision(row: 7) }
    let isCapped = self.terms.jurisdictions.contains("US-TX8")
    let fee = isCapped ? min(terms.amount, open * 15 / 1_000) : terms.amount
    return fee == 0 ? Decision(row: 9) : Decision(row: 8, fee: fee)
  }

  /// What a run at `moment` would say of an invoice now.
  func wouldDecide(_ number: Int, at moment: Int) -> Decision? {
    var copy = self
    _ = copy.breakOverduePlan(NaiveClock.day(moment))
    return copy.place(number).map { copy.decide(copy.invoices[$0], at: moment) }
  }

  mutating func night(_ moment: Int) -> Night {
    var night = Night()
    guard !invoices.isEmpty else { return night }
    if breakOverduePlan(NaiveClock.day(moment)) {
      night.broken = 1
      untold += 1
    }
    for invoice in invoices {
      let decision = decide(invoice, at: moment)
      night.rows[decision.row, default: 0] += 1
      if decision.row == 8 {
        night.amount += decision.fee
        untold += 1
        let item = add("LATE_FEE", "LATE_FEE", decision.fee, about: invoice.number, reason: "")
        lateFees.append(
          LateFee(
            invoice: invoice.number, amount: decision.fee, at: moment, order: nextOrder(),
            item: item))
        skips[invoice.number] = nil
      } else if decision.row >= 4 {
        let last = skips[invoice.number]
        if last?.row != decision.row || last?.payment != decision.payment {
          night.reasons += 1
          skips[invoice.number] = (decision.row, decision.payment)
          if decision.row == 6 { graces[invoice.number] = decision.payment }
        }
      }
    }
    if hasNoNextBill, !waiting.isEmpty {
      issueStatement(NaiveClock.day(moment))
      night.statements = 1
    }
    return night
  }

  mutating func reverseFee(_ number: Int, _ reason: String) -> Expected {
    var wrongs: Set<Wrong> = []
    if reason.isEmpty { wrongs.insert(Wrong("invalid", "say why")) }
    if place(number) == nil { wrongs.insert(Wrong("unknown-invoice", "has no invoice")) }
    let own = lateFees.indices.filter { lateFees[$0].invoice == number }
    if own.isEmpty { wrongs.insert(Wrong("no-late-fee", "no late fee was assessed")) }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    guard let standing = own.last(where: { !lateFees[$0].isReversed }) else { return .nothing }
    takeBack(fee: standing, by: nil, saying: reason)
    return .added
  }
}

/// The beginning and end of things.
extension NaiveAccount {
  private var isBilledToTheEnd: Bool {
    guard let stop else { return false }
    return bills.last.map { $0.isFinal || $0.end >= stop } ?? false
  }

  mutating func stop(_ day: Day) -> Expected {
    var wrongs: Set<Wrong> = []
    if closed != nil { wrongs.insert(Wrong("account-closed", "account was closed")) }
    if mergedInto != nil { wrongs.insert(Wrong("merged", "is part of")) }
    if let stop {
      if wrongs.isEmpty, stop == day { return .nothing }
      wrongs.insert(Wrong("service-stopped", "service stopped on"))
    }
    if day <= terms.begins { wrongs.insert(Wrong("stops-before-start", "before it started")) }
    if let billed = bills.last?.end, day < billed {
      wrongs.insert(Wrong("already-billed", "is billed up to"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    stop = day
    return .added
  }

  mutating func close(_ day: Day) -> Expected {
    if let closed {
      return closed == day
        ? .nothing : .refused([Wrong("account-closed", "account was closed")])
    }
    var wrongs: Set<Wrong> = []
    if stop.map({ $0 > day }) ?? true { wrongs.insert(Wrong("still-served", "is still on")) }
    if !isBilledToTheEnd { wrongs.insert(Wrong("not-finally-billed", "last bill is not issued")) }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    closed = day
    return .added
  }

  mutating func merge(_ other: String) -> Expected {
    var wrongs: Set<Wrong> = []
    if other == terms.id { wrongs.insert(Wrong("merged-into-itself", "part of itself")) }
    if let mergedInto {
      if mergedInto == other { return .nothing }
      wrongs.insert(Wrong("merged", "is part of"))
    }
    if closed == nil {
      if stop == nil { wrongs.insert(Wrong("still-served", "is still on")) }
      if !isBilledToTheEnd {
        wrongs.insert(Wrong("not-finally-billed", "last bill is not issued"))
      }
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    mergedInto = other
    return .added
  }

  mutating func unmerge() -> Expected {
    defer { mergedInto = nil }
    return mergedInto == nil ? .nothing : .added
  }

  mutating func enrol(from day: Day) -> Expected {
    var wrongs: Set<Wrong> = []
    if closed != nil { wrongs.insert(Wrong("account-closed", "account was closed")) }
    if mergedInto != nil { wrongs.insert(Wrong("merged", "is part of")) }
    if let running = promotions.last(where: { $0.ended == nil }) {
      if wrongs.isEmpty, running.from == day { return .nothing }
      wrongs.insert(Wrong("enrolled", "takes part in welcome from"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    promotions.append(Promotion(from: day))
    return .added
  }

  mutating func leave(_ today: Day) -> Expected {
    guard let last = promotions.indices.last else {
      return .refused([Wrong("not-enrolled", "takes no part in")])
    }
    guard promotions[last].ended == nil else { return .nothing }
    promotions[last].ended = today
    return .added
  }

  mutating func exempt(_ jurisdiction: String, tax: String?, from day: Day) -> Expected {
    var wrongs: Set<Wrong> = []
    if closed != nil { wrongs.insert(Wrong("account-closed", "account was closed")) }
    if mergedInto != nil { wrongs.insert(Wrong("merged", "is part of")) }
    if day < terms.begins { wrongs.insert(Wrong("before-opening", "account was opened")) }
    if !terms.jurisdictions.contains(jurisdiction) {
      wrongs.insert(Wrong("unknown-jurisdiction", "jurisdiction"))
    }
    // The only tax that there is of each is "sales": it, and all, are the same.
    let covering = exemptions.first {
      $0.jurisdiction == jurisdiction && ($0.ended ?? max(day, $0.from) + 1) > max(day, $0.from)
    }
    if let covering {
      let isSame = covering.ended == nil && (covering.tax, covering.from) == (tax, day)
      if wrongs.isEmpty, isSame { return .nothing }
      wrongs.insert(Wrong("exempt", "covers that from"))
    }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    exemptions.append(Exemption(jurisdiction: jurisdiction, tax: tax, from: day))
    return .added
  }

  mutating func endExemption(_ number: Int, on day: Day) -> Expected {
    guard exemptions.indices.contains(number - 1) else {
      return .refused([Wrong("unknown-exemption", "has no exemption")])
    }
    let exemption = exemptions[number - 1]
    if let ended = exemption.ended {
      return ended == day ? .nothing : .refused([Wrong("exemption-ended", "ended on")])
    }
    guard day >= exemption.from else {
      return .refused([Wrong("ends-before-start", "the exemption begins on")])
    }
    exemptions[number - 1].ended = day
    return .added
  }
}
