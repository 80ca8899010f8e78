// compare.cpp on bare metal: characters go to the emulator, which is shut down at the end.
extern "C" {
int compare_all();

void put(char character) {
  asm volatile("outb %0, %1" ::"a"(character), "Nd"(static_cast<unsigned short>(0xe9)));
}

__attribute__((section(".text.first"))) void begin() {
  compare_all();
  for (const char* text = "Shutdown"; *text != 0; ++text)
    asm volatile("outb %0, %1" ::"a"(*text), "d"(static_cast<unsigned short>(0x8900)));
}
}
