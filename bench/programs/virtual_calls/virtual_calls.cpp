// Virtual calls in a loop: three classes behind one base, picked in an order that no branch predictor is spared.
#include <cstdio>
#include <cstdlib>

struct Shape {
  virtual unsigned step(unsigned x) { return x + 1; }
  virtual ~Shape() {}
};
struct Doubler : Shape {
  unsigned step(unsigned x) override { return x * 2; }
};
struct Mixer : Shape {
  unsigned key;
  explicit Mixer(unsigned key) : key(key) {}
  unsigned step(unsigned x) override { return x ^ key; }
};

int main(int argc, char **argv) {
  int rounds = argc > 1 ? std::atoi(argv[1]) : 1;
  int count = argc + 5; // 7, which the compiler does not know, as it does not know the length of an array
  Shape **shapes = new Shape *[7]{new Shape, new Doubler, new Mixer(12345), new Shape, new Mixer(777), new Doubler, new Shape};
  unsigned value = 1;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < count; i++)
      value = shapes[i]->step(value);
  }
  printf("%d\n", int(value));
  for (int i = 0; i < count; i++)
    delete shapes[i];
  delete[] shapes;
}
