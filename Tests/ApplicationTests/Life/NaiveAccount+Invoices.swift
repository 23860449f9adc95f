import CivilTime

/// Bills, statements, and what is put right on them.
extension NaiveAccount {
  // MARK: What waits

  /// An invoice of its own for what waits; none where nothing does.
  mutating func issueStatement(_ today: Day, first: Int = 0) {
    guard !waiting.isEmpty else { return }
    invoices.append(
      Invoice(
        number: invoices.count + 1, due: today + terms.daysUntilDue, start: nil, end: today,
        items: waiting, order: nextOrder()))
    waiting = []
    spread(first: first)
  }

  mutating func adjust(
    _ amount: Int, about: Int, _ reason: String, approver: String, today: Day
  ) -> Expected {
    var wrongs = words(reason, approver).union(mustStand(about))
    if amount == 0 { wrongs.insert(Wrong("invalid", "adjustment changes something")) }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    return post("ADJUSTMENT", "VARIABLE_ENERGY", amount, about, reason, today)
  }

  mutating func credit(
    _ amount: Int, about: Int, _ reason: String, approver: String, today: Day
  ) -> Expected {
    var wrongs = words(reason, approver).union(mustStand(about))
    if amount <= 0 { wrongs.insert(Wrong("invalid", "a credit is above zero")) }
    guard wrongs.isEmpty else { return .refused(wrongs) }
    return post("CREDIT", "CREDIT", -amount, about, reason, today)
  }

  private mutating func post(
    _ type: String, _ revenueClass: String, _ amount: Int, _ about: Int, _ reason: String,
    _ today: Day
  ) -> Expected {
    // The same request in the same words is one.
    let isKnown = asked.contains {
      $0.type == type && $0.revenueClass == revenueClass && $0.amount == amount
        && $0.about == about && $0.reason == reason
    }
    guard !isKnown else { return .nothing }
    add(type, revenueClass, amount, about: about, reason: reason)
    let isOpen = place(about).map { openInAll(invoices[$0]) > 0 } ?? false
    // What lowers an open invoice counts at once; what no bill follows on does not wait either.
    if amount < 0 && isOpen || hasNoNextBill { issueStatement(today, first: about) }
    return .added
  }

  func mustStand(_ number: Int) -> Set<Wrong> {
    guard number != 0 else { return [] }
    guard let place = place(number) else { return [Wrong("unknown-invoice", "has no invoice")] }
    return invoices[place].isCancelled ? [Wrong("invoice-cancelled", "was cancelled")] : []
  }

  mutating func writeOff(_ number: Int, _ reason: String, approver: String) -> Expected {
    var wrongs = words(reason, approver).union(mustStand(number))
    guard let place = place(number), wrongs.isEmpty else { return .refused(wrongs) }
    let open = open(invoices[place])
    guard open.charges + open.fees > 0 else {
      if invoices[place].givenUp + invoices[place].givenUpFees > 0 { return .nothing }
      wrongs.insert(Wrong("nothing-open", "nothing of invoice"))
      return .refused(wrongs)
    }
    invoices[place].givenUp += max(0, open.charges)
    invoices[place].givenUpFees += max(0, open.fees)
    return .added
  }

  // MARK: Bills

  /// What is billed next.
  enum Due: Equatable {
    case nothing
    case missingReading
    case period(Day, Day, isFinal: Bool)
  }

  func due(through: Day) -> Due {
    guard closed == nil, !(bills.last?.isFinal ?? false) else { return .nothing }
    let start = bills.last?.end ?? terms.begins
    if let stop, stop <= start { return .nothing }
    // A turn of the cycle within five days of the last reading is that reading's own.
    var target = start + 6
    while target.parts.day != terms.cycleDay { target = target + 1 }
    var isFinal = false
    if let stop, stop <= target { (target, isFinal) = (stop, true) }
    let window = (0...10).map { target + ($0 - 5) }
    let closing = window.filter { $0 > start && isClosing($0) }
    let nearest = closing.min { (abs($0 - target), $0) < (abs($1 - target), $1) }
    guard let end = nearest else { return target <= through ? .missingReading : .nothing }
    return end <= through ? .period(start, end, isFinal: isFinal) : .nothing
  }

  /// Bills every period that is due: what was billed, and whether a reading is missing after that.
  mutating func bill(through: Day, today: Day) -> (invoices: [Invoice], isMissing: Bool) {
    var made: [Invoice] = []
    while true {
      switch due(through: through) {
      case .nothing: return (made, false)
      case .missingReading: return (made, true)
      case .period(let start, let end, let isFinal):
        let waived = promotions.indices.filter {
          promotions[$0].ended == nil && promotions[$0].bills.count < 3
            && end > promotions[$0].from
        }
        for index in waived { promotions[index].bills.append(invoices.count + 1) }
        issue(start, end, isFinal: isFinal, isWaived: !waived.isEmpty, today)
        spread()
        made.append(invoices[invoices.count - 1])
      }
    }
  }

  private mutating func issue(
    _ start: Day, _ end: Day, isFinal: Bool, isWaived: Bool, _ today: Day
  ) {
    let segments = segments(start, end)
    let (rated, taxes) = NaiveTariff.rate(
      plan(on: start), terms.jurisdictions, segments, isServiceWaived: isWaived,
      exempt: exempt(to: end), rules)
    invoices.append(
      Invoice(
        number: invoices.count + 1, due: today + terms.daysUntilDue, start: start, end: end,
        isFinal: isFinal, rated: rated, taxes: taxes, segments: segments, items: waiting,
        order: nextOrder()))
    waiting = []
  }

  // MARK: Bills made again

  /// What a bill made again changes: how much more it comes to, or why it may not.
  private func change(_ bill: Invoice, today: Day) -> (more: Int, isTooLate: Bool)? {
    guard let start = bill.start else { return nil }
    let segments = segments(start, bill.end)
    let (rated, taxes) = NaiveTariff.rate(
      plan(on: start), terms.jurisdictions, segments, isServiceWaived: isWaived(bill.number),
      exempt: exempt(to: bill.end), rules)
    guard segments != bill.segments || rated != bill.rated || taxes != bill.taxes else {
      return nil
    }
    let more = (rated + taxes).map(\.amount).sum - (bill.rated + bill.taxes).map(\.amount).sum
    let limit = terms.customerClass == "residential" ? 365 : Int.max / 2
    return (more, more > 0 && today - bill.end > limit)
  }

  /// The jurisdictions whose taxes a bill up to, and without, `end` is exempt from.
  private func exempt(to end: Day) -> Set<String> {
    let last = end - 1
    let covering = exemptions.filter { $0.from <= last && ($0.ended ?? last + 1) > last }
    return Set(covering.map(\.jurisdiction))
  }

  private func isWaived(_ number: Int) -> Bool {
    promotions.contains { $0.bills.contains(number) }
  }

  mutating func rebill(_ number: Int?, isDry: Bool, today: Day) -> Expected {
    if let number {
      var wrongs = mustStand(number)
      if let place = place(number), wrongs.isEmpty {
        if invoices[place].start == nil {
          wrongs.insert(Wrong("is-statement", "bills no energy"))
        } else if change(invoices[place], today: today)?.isTooLate ?? false {
          wrongs.insert(Wrong("too-late-to-charge", "the policy allows that for 365 days"))
        }
      } else if wrongs.isEmpty {
        wrongs.insert(Wrong("unknown-invoice", "has no invoice"))
      }
      guard wrongs.isEmpty else { return .refused(wrongs) }
    }
    let before = self
    var expected = Expected()
    var (changed, refused, sum) = (0, 0, 0)
    for bill in bills where number == nil || bill.number == number {
      guard let change = change(bill, today: today) else { continue }
      guard !change.isTooLate else {
        refused += 1
        continue
      }
      changed += 1
      sum += change.more
      replace(bill, today)
    }
    expected.adds = changed > 0 && !isDry
    expected.facts = [
      "rebilled": "\(changed)", "refused": "\(refused)", "difference": cents(sum),
      "balance": cents(balance),
    ]
    if isDry { self = before }
    return expected
  }

  /// Cancels a bill and makes it again: its money is freed and goes to the replacement first, its fee is
  /// reversed, and what it had taken in waits for the replacement.
  private mutating func replace(_ bill: Invoice, _ today: Day) {
    guard let start = bill.start else { return }
    let place = bill.number - 1
    parts.removeAll { $0.invoice == bill.number || $0.source == .credit(bill.number) }
    invoices[place].isCancelled = true
    // What waits is in the order in which it first came.
    waiting = (waiting + bill.items).sorted { $0.id < $1.id }
    let standing = lateFees.indices.filter {
      lateFees[$0].invoice == bill.number && !lateFees[$0].isReversed
    }
    if let fee = standing.last {
      takeBack(fee: fee, by: nil, saying: "the invoice was cancelled")
    }
    let number = invoices.count + 1
    for index in promotions.indices {
      for slot in promotions[index].bills.indices
      where promotions[index].bills[slot] == bill.number {
        promotions[index].bills[slot] = number
      }
    }
    issue(start, bill.end, isFinal: bill.isFinal, isWaived: isWaived(number), today)
    invoices[place].replacedBy = number
    spread(first: number)
  }

  /// A fee taken back: before it is billed it never is; later it is a credit on the next invoice.
  mutating func takeBack(fee index: Int, by payment: String?, saying reason: String) {
    lateFees[index].isReversed = true
    lateFees[index].reversedBy = payment
    let fee = lateFees[index]
    if let place = waiting.firstIndex(where: { $0.id == fee.item }) {
      waiting.remove(at: place)
    } else {
      add("CREDIT", "LATE_FEE", -fee.amount, about: fee.invoice, reason: reason)
    }
  }
}

/// Cents as reports write them.
func cents(_ amount: Int) -> String {
  let (units, rest) = abs(amount).quotientAndRemainder(dividingBy: 100)
  return "\(amount < 0 ? "-" : "")\(units).\(rest < 10 ? "0" : "")\(rest)"
}
