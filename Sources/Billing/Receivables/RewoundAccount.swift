import CivilTime
import Money
import Tariffs

/// What an account loses while it is rewound to one bill after another, to be given back to it.
struct RewoundAccount: Sendable {
  /// The bills that stand.
  private(set) var bills: [AccountState.Invoice] = []
  /// What was adjusted of the bill prepared last, by earlier ratings of the past.
  private(set) var adjusted: [RevenueClass: Money] = [:]
  private var invoices: [AccountState.Invoice] = []
  private var bank: [BankedEnergy] = []
  private var receivables = Receivables()
  private var billed: [Int] = []

  mutating func take(_ state: inout AccountState) {
    bills = state.bills
    bank = state.bank
    receivables = state.receivables
    // The account works in the room of those before.
    swap(&invoices, &state.invoices)
    billed.removeAll(keepingCapacity: true)
    for meter in state.meters.indices {
      for register in state.meters[meter].registers.indices {
        billed.append(state.meters[meter].registers[register].billed)
      }
    }
  }

  /// What promotions waive on a bill; and what was adjusted of it.
  mutating func prepare(
    _ state: inout AccountState, for ordinal: UInt32, _ period: BillingPeriod
  ) -> [Waiver] {
    if receivables.isUsed {
      state.receivables = receivables
      adjusted = state.adjusted(of: ordinal)
    }
    return state.waivers(of: period, on: ordinal)
  }

  mutating func giveBack(to state: inout AccountState) {
    swap(&invoices, &state.invoices)
    invoices.removeAll(keepingCapacity: true)
    bills = []
    state.bank = bank
    if receivables.isUsed { state.receivables = receivables }
    receivables = Receivables()
    adjusted = [:]
    var index = 0
    for meter in state.meters.indices {
      for register in state.meters[meter].registers.indices {
        state.meters[meter].registers[register].billed = billed[index]
        index += 1
      }
    }
  }
}

extension AccountState {
  /// What earlier ratings of the past adjusted of an invoice, or of those it replaces.
  fileprivate func adjusted(of ordinal: UInt32) -> [RevenueClass: Money] {
    var sums: [RevenueClass: Money] = [:]
    for item in receivables.items where item.about == ordinal && item.rules != 0 {
      sums[item.revenueClass, default: .zero] += item.amount
    }
    return sums
  }
}
