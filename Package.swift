// swift-tools-version: 6.3
import PackageDescription

// Meterbook: two towers that meet under one roof.
//
//                      meterbook                      arguments, configuration, the only real clock
//                          |
//                     Application                     use cases: import, bill, explain, verify
//                    /     |     \
//       Documents         ...      Interchange        what goes out         what comes in
//           |                          |
//   projections/*                      |              read models, disposable
//        |       \                     |
//   ProjectionStore \                  |
//        |           \                 |
//     EventLog        `-----------> Billing           storage knows bytes; billing is pure functions
//        |                             |
//       LMDB                        Tariffs -> Metering -> CivilTime, Money
//        |                             |
//      CLMDB      EventSourcing  <-----'              the vocabulary that both towers speak
//
// Imports run downwards only; `tools/test` builds with explicit-import checking to hold that.

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

    // The storage tower: bytes and positions, nothing of billing.
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    room("LMDB", ["CLMDB"]),
    room("EventLog", ["EventSourcing", "LMDB", crypto]),
    room("ProjectionStore", ["EventSourcing", "EventLog", "LMDB"]),

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
      "Invoices", ["EventSourcing", "Billing", "Money", "CivilTime"], path: "projections/Invoices"),
    room(
      "ReviewQueue", ["EventSourcing", "Billing", "CivilTime"], path: "projections/ReviewQueue"),

    // The roof.
    room("Interchange", ["Money", "CivilTime", "Metering", "Tariffs", yams]),
    room("Documents", ["Billing", "Money", "CivilTime", "Metering", "Tariffs", "Invoices"]),
    room(
      "Application",
      [
        "EventSourcing", "LMDB", "EventLog", "ProjectionStore", "Billing", "Money", "CivilTime",
        "Metering", "Tariffs", "Invoices", "ReviewQueue", "Interchange", "Documents", crypto,
      ]),
    .executableTarget(
      name: "meterbook", dependencies: ["Application", arguments], swiftSettings: strict),

    // Tools.
    .executableTarget(
      name: "crash", dependencies: ["EventSourcing", "EventLog", "LMDB", arguments],
      path: "tools/crash", swiftSettings: strict),

    // The tests, one target a target.
    tests("LMDB", ["LMDB"]),
    tests("EventLog", ["EventLog", "EventSourcing", "LMDB"]),
    tests("ProjectionStore", ["ProjectionStore", "EventLog", "EventSourcing", "LMDB"]),
    tests("Money", ["Money"]),
    tests("CivilTime", ["CivilTime"]),
    tests("Metering", ["Metering", "CivilTime"]),
    tests("Tariffs", ["Tariffs", "Metering", "CivilTime", "Money"]),
    tests(
      "Billing", ["Billing", "EventSourcing", "Tariffs", "Metering", "CivilTime", "Money"]),
    tests("Interchange", ["Interchange", "Money", "CivilTime", "Metering", "Tariffs"]),
  ],
  swiftLanguageModes: [.v6]
)
