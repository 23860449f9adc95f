import Foundation

/// The files that a path names: itself, or what of its folder has one of some endings, in name order.
enum FileList {
  /// The files, and whether `path` is one itself.
  ///
  /// - Throws: `Failure` where there is nothing.
  static func at(
    _ path: String, endings: [String], advice: String
  ) throws -> (files: [String], isFile: Bool) {
    let manager = FileManager.default
    guard
      let attributes = try? manager.attributesOfItem(
        atPath: (path as NSString).resolvingSymlinksInPath)
    else {
      throw Failure("There is no file or folder \(path).", advice: advice)
    }
    guard attributes[.type] as? FileAttributeType == .typeDirectory else { return ([path], true) }
    let names = try manager.contentsOfDirectory(atPath: path)
      .filter { name in endings.contains { name.hasSuffix($0) } }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return (names.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }, false)
  }
}
