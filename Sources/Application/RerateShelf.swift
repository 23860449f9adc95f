import Billing
import CivilTime
import Tariffs

/// Sums of bills that move, by what their invoices say and the day issued; named only at the end, because
/// a name costs as much as a bill.
struct RerateShelf: Sendable {
  /// The sums of bills whose invoices say the same, issued on one day.
  struct Sums: Sendable {
    /// The place of what they say in `RerateMemory.terms`.
    let terms: Int
    /// The day issued.
    let day: Day
    /// What they come to.
    fileprivate(set) var movement = Shift()
    /// What their lines come to, by the number of their kind; `nil` where they have no such line.
    fileprivate(set) var kinds: [Shift?] = []
  }

  /// The sums, in no order that means anything.
  private(set) var all: [Sums] = []
  private var places: [Key: Int] = [:]
  private var last = 0

  private struct Key: Hashable {
    var terms: Int
    var day: Day
  }

  /// Adds a bill that moves, and its lines among `lines`.
  mutating func add(_ bill: Rerated, _ movement: Shift, _ lines: [RerateLine]) {
    let place = place(of: bill.terms, bill.day)
    all[place].movement += movement
    for index in bill.lines { all[place].add(lines[index]) }
  }

  private mutating func place(of terms: Int, _ day: Day) -> Int {
    if last < all.count, all[last].terms == terms, all[last].day == day { return last }
    let key = Key(terms: terms, day: day)
    if let known = places[key] {
      last = known
      return known
    }
    all.append(Sums(terms: terms, day: day))
    last = all.count - 1
    places[key] = last
    return last
  }
}

extension RerateShelf.Sums {
  @inline(__always)
  fileprivate mutating func add(_ line: RerateLine) {
    let kind = Int(line.kind)
    while kind >= kinds.count { kinds.append(nil) }
    var sum = kinds[kind] ?? Shift()
    if line.isNow { sum.now += line.amount } else { sum.was += line.amount }
    kinds[kind] = sum
  }
}
