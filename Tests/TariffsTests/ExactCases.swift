import CivilTime
import Foundation
import Metering
import Money
import Tariffs

/// What `Tests/Support/rating_fixture.py` writes.
struct ExactCases: Decodable {
  var through: String
  var invoices: [Invoice]
  var blocked: [Blocked]
  var rules: Rules
  var zones: [Zone]
  var accounts: [Account]

  struct Blocked: Decodable {
    var account: String
    var from: String
    var reason: String
  }

  struct Invoice: Decodable {
    var account: String
    var start: String
    var end: String
    var lines: [Line]
    var total: String
  }

  struct Line: Decodable, Equatable {
    var type: String
    var `class`: String
    var component: String
    var jurisdiction: String?
    var plan: String?
    var version: UInt32?
    var from: String
    var to: String
    var tier: Int?
    var period: String?
    var kwh: String?
    var base: String?
    var amount: String
  }

  struct Zone: Decodable {
    var name: String
    var offset: Int32
    var changes: [[Int64]]

    var rules: ZoneRules {
      ZoneRules(
        name: name, initialOffset: offset,
        transitions: changes.map {
          .init(instant: Instant(rawValue: $0[0]), offset: Int32($0[1]))
        })
    }
  }
}

extension ExactCases.Line {
  init(_ bill: RatedBill, _ index: Int, _ input: RatingInput) {
    let line = bill.lines[index]
    let explanation = bill.explain(index, input)
    let isTax = line.type == .tax
    type = line.type.name
    `class` = line.revenueClass.name
    component = explanation.code
    jurisdiction = isTax ? explanation.jurisdiction : nil
    plan = isTax ? nil : explanation.plan
    version = isTax ? nil : explanation.version
    from = explanation.days.start.description
    to = explanation.days.end.description
    period = explanation.touPeriod
    if case .energy(let energy, _) = line.basis {
      tier = Int(line.tier) + 1
      kwh = energy.kilowattHours
    }
    if case .share(let sum, _) = line.basis { base = sum.description }
    amount = line.amount.description
  }
}

extension ExactCases {
  struct Account: Decodable {
    var id: String
    var zone: String
    var jurisdictions: [String]
    var plans: [Assignment]
    var registers: [Register]

    /// `[day, plan]`.
    struct Assignment: Decodable {
      var assignment: PlanAssignment

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        let day = Day(rawValue: try values.decode(Int32.self))
        assignment = PlanAssignment(plan: try values.decode(String.self), from: day)
      }
    }

    struct Register: Decodable {
      var name: String
      var period: String?
      var readings: [[Int64]]
      var unit: Int64
      var modulus: Int64
      var minutes: UInt8
      var blocks: [Block]
    }

    struct Block: Decodable {
      var start: Int64
      var values: [Int64]
    }

    func segments(
      of period: BillingPeriod, _ rules: RuleSet, _ zone: ZoneRules
    ) throws(UsageProblem) -> [RatingSegment] {
      let spans = try rules.spans(of: period, plans: plans.map(\.assignment))
      if let channel = registers.first, channel.minutes > 0 {
        let blocks = channel.blocks.map {
          IntervalBlock(
            start: Instant(rawValue: $0.start), minutes: channel.minutes, values: $0.values)
        }
        return try RatingSegment.segments(spans, intervals: blocks, zone: zone)
      }
      var measured: [MeasuredUsage] = []
      for register in registers {
        let readings = register.readings.map {
          Reading(register: register.name, instant: Instant(rawValue: $0[0]), value: $0[1])
        }.filter {
          let day = zone.day(of: $0.instant)
          return period.start <= day && day <= period.end
        }
        measured += register.spec.measuredUsage(readings, spans: spans, zone: zone)
      }
      return try RatingSegment.segments(spans, measured: measured)
    }
  }
}

extension ExactCases.Account.Register {
  /// The register that a unit (Wh a count) and a modulus (counts a turn) make.
  var spec: RegisterSpec {
    var digits = 0
    var power: Int64 = 1
    while power < modulus {
      power *= 10
      digits += 1
    }
    var decimals = 0
    var multiplier = unit
    // Of 10, 40, 100 ... Wh a count any split into multiplier and decimals gives the same energy.
    while decimals < 3, multiplier < 1_000 || multiplier % 1_000 != 0 {
      decimals += 1
      multiplier *= 10
    }
    return RegisterSpec(
      name: name, dials: UInt8(digits - decimals), decimals: UInt8(decimals),
      multiplier: Int32(multiplier / 1_000), touPeriod: period)
  }
}
