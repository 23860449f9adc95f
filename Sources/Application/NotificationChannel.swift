import Foundation

/// Where notifications are handed over: a folder or a command.
enum NotificationChannel {
  /// A folder, which gets a file a notification.
  case folder(String)
  /// A command of the shell, which gets a notification on standard input.
  case command(String)

  /// What `target` names: a folder that is there, a path that ends with `/`, or else a command.
  init(_ target: String) throws {
    guard !target.isEmpty else {
      throw Failure("--to names nothing.", advice: "Name a folder or a command.")
    }
    let type = try? FileManager.default.attributesOfItem(atPath: target)[.type]
    guard target.hasSuffix("/") || type as? FileAttributeType == .typeDirectory else {
      self = .command(target)
      return
    }
    do {
      try FileManager.default.createDirectory(
        atPath: target, withIntermediateDirectories: true)
    } catch {
      throw Failure("The folder \(target) cannot be made.", advice: "Check the path.")
    }
    self = .folder(target.hasSuffix("/") ? String(target.dropLast()) : target)
  }

  /// As the book keeps it.
  var name: String {
    switch self {
    case .folder(let path): URL(filePath: path).lastPathComponent + "/"
    case .command(let command): command.split(separator: " ").first.map(String.init) ?? command
    }
  }

  /// Hands a notification over; returns why it was not acknowledged, `nil` if it was.
  func deliver(_ notification: OutboxNotification) throws -> String? {
    let message = try Data(notification.message)
    switch self {
    case .folder(let path): return Self.write(message, to: path, as: notification.id + ".json")
    case .command(let command): return Self.run(command, with: message)
    }
  }

  /// A file that is there whole or not at all, durably, before this returns.
  private static func write(_ message: Data, to folder: String, as name: String) -> String? {
    let path = "\(folder)/\(name)"
    do {
      try message.write(to: URL(filePath: path), options: .atomic)
      for written in [path, folder] {
        guard let handle = FileHandle(forReadingAtPath: written) else {
          return "\(written) cannot be read back"
        }
        try handle.synchronize()
        try handle.close()
      }
      return nil
    } catch {
      return "\(path) cannot be written"
    }
  }

  /// The message comes from a file, not a pipe: a command need not read it.
  private static func run(_ command: String, with message: Data) -> String? {
    let draft = FileManager.default.temporaryDirectory
      .appending(path: "meterbook-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: draft) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    do {
      try message.write(to: draft)
      process.standardInput = try FileHandle(forReadingFrom: draft)
      try process.run()
    } catch {
      return "'\(command)' cannot be run"
    }
    process.waitUntilExit()
    let code = process.terminationStatus
    return code == 0 ? nil : "'\(command)' ended with \(code)"
  }
}
