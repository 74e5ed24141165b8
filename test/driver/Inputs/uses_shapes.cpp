#include "shapes.h"
#include <cstdio>
#include <utility>

using PersonRef = dream::ref<Person>;

static void describe(const PersonRef &person) {
  dream::ref<char> text(Person_GetDescription(person.get()));
  std::printf("%s\n", text.get());
}

int main() {
  {
    PersonRef ada(Person_new("Ada", 36));
    PersonRef same = ada, moved = std::move(same), third = PersonRef::share(ada.get());
    describe(moved);
    std::printf("%d %d\n", bool(same), ada.get() == third.get());
    moved = PersonRef(Person_new("Eve", 7));
    describe(moved);
  }
  std::printf("%d\n", Died());
}
