// Slices and other copies of a part of a tensor, which an elementwise instruction need not wait
// for: it can read the part where it stands.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "plan/plan.hpp"

namespace pygraph::plan {

// The inputs of an elementwise instruction, and the loops that read them.
struct ElementwiseReads {
  std::vector<StorageId> inputs;
  ops::ElementwiseLoops loops;
};

// The copies made so far, while the instructions up to the next jump are walked in order.
class Copies {
 public:
  // Notes a copy; forgets those of what the instruction overwrites.
  void visit(const Plan& plan, const Instruction& instruction);
  void clear() { copies_.clear(); }

  // With the originals in the place of copies, wherever that is possible; nothing if nowhere.
  std::optional<ElementwiseReads> without_copies(const ElementwiseReads& reads) const;

 private:
  struct Copy {
    StorageId original;
    ops::CopiedView view;
  };
  std::map<StorageId, Copy> copies_;
};

}  // namespace pygraph::plan
