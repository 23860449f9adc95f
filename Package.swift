// swift-tools-version: 6.3
import PackageDescription

// Meterbook: two towers under one roof. An arrow down is an import; there are no others.
//
//                              meterbook (and Documents)
//                                  |
//                             Application
//          .----------------.------+--------------.---------------.
//          |                |                     |               |
//   ProjectionStore   Invoices, Receivables,  Interchange     Documents
//          |       Revenue, ReviewQueue,          |             (Money)
//          |           AuditTrail                 |
//          |                |                     |
//       EventLog         Billing                  |
//       |      \        /       \                 |
//      LMDB   EventSourcing    Tariffs <----------'
//       |                      |     \
//     CLMDB                Metering  Money
//                              |
//                          CivilTime
//
// EventSourcing    the words both towers speak: entry, stream, position, decider, projection, coding
//
// Parallel         work on every core, results in order
// CLMDB            the C library
// LMDB             typed transactions and cursors over it; values are lent, never handed out
// EventLog         the book: volumes, streams, appends, the Merkle tree, verification
// ProjectionStore  files of read models that follow the book and can be thrown away
// Snapshots        saved folds of accounts, that can be thrown away (EventSourcing, LMDB)
//
// Money            cents, prices, rates, one rounding; no floating point
// CivilTime        days, instants, billing periods, the rules of time zones
// Metering         registers, readings, intervals, energy
// Tariffs          rules, and rating: usage x tariff -> charges
// Billing          events, their coding, and the decisions of accounts, meters, rules, runs, reviews,
//                  the accounting calendar and filings
//
// Invoices         read model: invoices by number, account, period, type and day issued
// Receivables      read model: what accounts owe as of any day, by invoice
// Revenue          read model: revenue by month, ledger account and class, as posted and restated
// ReviewQueue      read model: what was refused, and what of it is open
// AuditTrail       read model: entries by who wrote them, what they concern and what they say
// Interchange      what comes in: CSV, Green Button XML, rules as YAML, URDB records, loads
// Documents        invoices and journals as text; reports as text, CSV, JSON, XLSX and HTML
// Application      use cases: publish, import, bill, explain, review, verify
// meterbook        the command line: arguments, configuration, the only real clock
//
// tools/bench      measures against a plain C program; tools/crash kills writers and flips bytes
//
// `tools/test` builds with explicit-import checking, so that an import which is not declared below
// fails.

/// Every Swift target is held to the same bar: language mode 6, every stable upcoming feature, strict
/// memory safety, no warnings. No experimental feature anywhere.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A target of this package, held to `strict`.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil,
  exclude: [String] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict)
}

/// A program in `tools/<name>`, held to `strict`.
func tool(_ name: String, _ dependencies: [Target.Dependency], exclude: [String]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "tools/\(name)", exclude: exclude,
    swiftSettings: strict)
}

/// The tests of a target, in `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
    swiftSettings: strict)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "meterbook",
  products: [.executable(name: "meterbook", targets: ["meterbook"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The vocabulary.
    room("EventSourcing", exclude: ["book.proto"]),

    // Work on every core.
    room("Parallel"),

    // The storage tower: bytes and positions, nothing of billing.
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    room("LMDB", ["CLMDB"]),
    room("EventLog", ["EventSourcing", "LMDB", crypto]),
    room("ProjectionStore", ["EventSourcing", "EventLog", "LMDB", "Parallel", crypto]),
    room("Snapshots", ["EventSourcing", "LMDB"], path: "snapshots"),

    // The billing tower: pure functions, nothing of storage.
    room("Money"),
    room("CivilTime"),
    room("Metering", ["CivilTime"]),
    room("Tariffs", ["Money", "CivilTime", "Metering"]),
    room(
      "Billing", ["EventSourcing", "Money", "CivilTime", "Metering", "Tariffs"],
      exclude: ["events.proto"]),

    // Read models, one target each, never one another.
    room(
      "Invoices", ["EventSourcing", "Billing", "Money", "CivilTime", "Metering"],
      path: "projections/Invoices"),
    room(
      "Receivables", ["EventSourcing", "Billing", "Money", "CivilTime"],
      path: "projections/Receivables"),
    room(
      "Revenue", ["EventSourcing", "Billing", "Money", "CivilTime", "Tariffs"],
      path: "projections/Revenue"),
    room("ReviewQueue", ["EventSourcing", "Billing"], path: "projections/ReviewQueue"),
    room("AuditTrail", ["EventSourcing", "Billing"], path: "projections/AuditTrail"),

    // The roof.
    room("Interchange", ["Money", "CivilTime", "Metering", "Tariffs", yams]),
    room("Documents", ["Money"]),
    room(
      "Application",
      [
        "EventSourcing", "LMDB", "EventLog", "Parallel", "ProjectionStore", "Snapshots", "Billing",
        "Money", "CivilTime", "Metering", "Tariffs", "Invoices", "Receivables", "Revenue",
        "ReviewQueue", "AuditTrail", "Interchange", "Documents", crypto,
      ]),
    .executableTarget(
      name: "meterbook", dependencies: ["Application", "Documents", arguments],
      swiftSettings: strict),

    // Programs for those who work on the house.
    tool(
      "bench",
      [
        "EventSourcing", "EventLog", "LMDB", "Billing", "Money", "CivilTime", "Metering",
        "Tariffs", arguments,
      ],
      exclude: [
        "light", "run", "rating", "projections", "snapshots", "accounts.py", "grouping.py",
        "measuring.py", "rerating.py",
      ]),
    tool(
      "crash", ["EventSourcing", "EventLog", "LMDB", arguments],
      exclude: [
        "bill_run.py", "filings.py", "killing.py", "late_fee_race.py", "projections.py", "runs.py",
      ]),

    // The tests, one target a target.
    tests("LMDB", ["LMDB"]),
    tests("EventLog", ["EventLog", "EventSourcing", "LMDB"]),
    tests("ProjectionStore", ["ProjectionStore", "EventLog", "EventSourcing", "LMDB"]),
    tests("Snapshots", ["Snapshots", "EventSourcing", "LMDB"]),
    tests("Money", ["Money"]),
    tests("CivilTime", ["CivilTime"]),
    tests("Metering", ["Metering", "CivilTime"]),
    tests("Tariffs", ["Tariffs", "Metering", "CivilTime", "Money"]),
    tests(
      "Billing", ["Billing", "EventSourcing", "Tariffs", "Metering", "CivilTime", "Money"]),
    tests("Interchange", ["Interchange", "Money", "CivilTime", "Metering", "Tariffs"]),
    tests("Documents", ["Documents", "Money"]),
    tests(
      "Application",
      [
        "Application", "Billing", "CivilTime", "Documents", "EventLog", "EventSourcing",
        "Metering", "Money", "ProjectionStore", "AuditTrail", "Invoices", "Receivables", "Revenue",
        "Snapshots", "Tariffs",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
