import EventLog
import Foundation
import LMDB
import Testing

/// The leaves of the Certificate Transparency project's reference tree and its roots by size
/// (google/certificate-transparency and transparency-dev/merkle, Apache-2.0): published facts.
private let referenceLeaves = [
  "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
]
private let referenceRoots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

@Suite struct MerkleTests {
  @Test func `the reference tree has its published roots at every size`() {
    var range = CompactRange()
    #expect(range.root.description == referenceRoots[0])
    for (index, leaf) in referenceLeaves.enumerated() {
      range.append(bytes(leaf).withBytes { Merkle.leafHash($0) })
      #expect(range.root.description == referenceRoots[index + 1])
    }
  }

  @Test func `a leaf and a node hash as published`() throws {
    #expect(
      Array("L123456".utf8).withBytes { Merkle.leafHash($0) }.description
        == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56")
  }

  @Test func `subtrees appended whole give the root of their leaves`() {
    let leaves = (0..<1_000 as Range<UInt64>).map { number in
      number.withBytes { Merkle.leafHash($0) }
    }
    var single = CompactRange()
    var blocks = CompactRange()
    for leaf in leaves { single.append(leaf) }
    for start in stride(from: 0, to: 768, by: 256) {
      blocks.append(rootOf(Array(leaves[start..<(start + 256)])), level: 8)
    }
    for leaf in leaves[768...] { blocks.append(leaf) }
    #expect(single == blocks)
    #expect(single.root == rootOf(leaves))
  }

  @Test func `every proof of a tree up to 70 leaves holds, and fails for another leaf or size`()
    throws
  {
    let leaves = (0..<70 as Range<UInt64>).map { number in
      number.withBytes { Merkle.leafHash($0) }
    }
    for size in 1...leaves.count {
      let root = rootOf(Array(leaves[..<size]))
      let node = { (level: Int, index: UInt64) in
        let start = Int(index) << level
        return rootOf(Array(leaves[start..<(start + 1 << level)]))
      }
      for index in 0..<size {
        let proof = try Merkle.inclusionProof(of: UInt64(index), size: UInt64(size), node: node)
        let holds = { (leaf: MerkleHash, at: Int, size: Int) in
          Merkle.isIncluded(leaf, at: UInt64(at), size: UInt64(size), proof: proof, root: root)
        }
        #expect(holds(leaves[index], index, size))
        #expect(!holds(leaves[(index + 1) % leaves.count], index, size))
        #expect(!holds(leaves[index], size, size))
      }
      for old in 1...size {
        let proof = try Merkle.consistencyProof(from: UInt64(old), to: UInt64(size), node: node)
        let oldRoot = rootOf(Array(leaves[..<old]))
        #expect(
          Merkle.isConsistent(oldRoot, UInt64(old), with: root, UInt64(size), proof: proof))
        #expect(
          old == size
            || !Merkle.isConsistent(root, UInt64(old), with: root, UInt64(size), proof: proof))
      }
    }
  }
}

/// The root by RFC 6962's definition, word for word: slow, and plainly right.
private func rootOf(_ leaves: [MerkleHash]) -> MerkleHash {
  if leaves.isEmpty { return Merkle.emptyRoot }
  if leaves.count == 1 { return leaves[0] }
  var split = 1
  while split * 2 < leaves.count { split *= 2 }
  return Merkle.nodeHash(rootOf(Array(leaves[..<split])), rootOf(Array(leaves[split...])))
}

private func bytes(_ hexadecimal: String) -> [UInt8] {
  stride(from: 0, to: hexadecimal.count, by: 2).map { offset in
    let start = hexadecimal.index(hexadecimal.startIndex, offsetBy: offset)
    return UInt8(hexadecimal[start...].prefix(2), radix: 16)!
  }
}

// MARK: - Published vectors

private let realData = ProcessInfo.processInfo.environment["METERBOOK_REAL_DATA"]
  .flatMap { $0.isEmpty ? nil : $0 }

private struct Inclusion: Decodable {
  var leafIdx: UInt64
  var treeSize: UInt64
  var root: Data
  var leafHash: Data
  var proof: [Data]?
  var desc: String
  var file: String
  var wantErr: Bool
}

private struct Consistency: Decodable {
  var size1: UInt64
  var size2: UInt64
  var root1: Data
  var root2: Data
  var proof: [Data]?
  var desc: String
  var file: String
  var wantErr: Bool
}

private struct Vectors<Vector: Decodable>: Decodable {
  var vectors: [Vector]

  static func read(_ name: String) throws -> [Vector] {
    let data = try Data(contentsOf: URL(filePath: realData! + "/merkle/" + name))
    return try JSONDecoder().decode(Self.self, from: data).vectors
  }
}

/// `nil` if one is not 32 bytes, which no proof's hash can be.
private func hashes(_ data: [Data]) -> [MerkleHash]? {
  let hashes = data.compactMap { MerkleHash(Array($0)) }
  return hashes.count == data.count ? hashes : nil
}

@Suite(.enabled(if: realData != nil, "METERBOOK_REAL_DATA names no folder"))
struct PublishedProofTests {
  @Test func `inclusion proofs are accepted and refused as published`() throws {
    let vectors = try Vectors<Inclusion>.read("inclusion.json")
    #expect(vectors.count > 30)
    for vector in vectors {
      let found = hashes([vector.root, vector.leafHash] + (vector.proof ?? []))
      let holds = found.map { found in
        Merkle.isIncluded(
          found[1], at: vector.leafIdx, size: vector.treeSize, proof: Array(found[2...]),
          root: found[0])
      }
      #expect((holds ?? false) == !vector.wantErr, "\(vector.file)")
    }
  }

  @Test func `consistency proofs are accepted and refused as published`() throws {
    let vectors = try Vectors<Consistency>.read("consistency.json")
    #expect(vectors.count > 30)
    for vector in vectors {
      let found = hashes([vector.root1, vector.root2] + (vector.proof ?? []))
      let holds = found.map { found in
        Merkle.isConsistent(
          found[0], vector.size1, with: found[1], vector.size2, proof: Array(found[2...]))
      }
      #expect((holds ?? false) == !vector.wantErr, "\(vector.file)")
    }
  }
}
