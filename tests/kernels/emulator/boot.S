# The last 64 KiB of a ROM: from reset to 64-bit mode with AVX-512, then into the program that
# the ROM begins with, copied to 2 MiB.
    .set kRom, 0xffe00000
    .set kProgram, 0x200000
    .set kProgramBytes, 0x1f0000
    .set kTables, 0x10000

    .section .boot, "ax"
    .globl from_reset
    .code16
from_reset:
    cli
    .byte 0x66, 0x2e, 0x0f, 0x01, 0x16      # lgdtl %cs:descriptors
    .word descriptors - from_reset
    movl %cr0, %eax
    orl $1, %eax
    movl %eax, %cr0
    ljmpl $8, $in_32_bits
    .align 16
segments:
    .quad 0
    .quad 0x00cf9a000000ffff                # 8: code of 32 bits
    .quad 0x00cf92000000ffff                # 16: data
    .quad 0x00af9a000000ffff                # 24: code of 64 bits
descriptors:
    .word descriptors - segments - 1
    .long segments

    .code32
in_32_bits:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    cld
    movl $kRom, %esi
    movl $kProgram, %edi
    movl $(kProgramBytes / 4), %ecx
    rep movsl
    # One table of tables of 2 MiB pages: 4 GiB, each address its own.
    movl $(kTables + 0x1003), kTables
    movl $(kTables + 0x2003), kTables + 0x1000
    movl $(kTables + 0x3003), kTables + 0x1008
    movl $(kTables + 0x4003), kTables + 0x1010
    movl $(kTables + 0x5003), kTables + 0x1018
    movl $(kTables + 0x2000), %edi
    movl $0x83, %eax
    movl $2048, %ecx
page:
    movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop page
    movl %cr4, %eax
    orl $0x40620, %eax                      # PAE, OSFXSR, OSXMMEXCPT, OSXSAVE
    movl %eax, %cr4
    movl $kTables, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx                  # EFER: long mode
    rdmsr
    orl $0x100, %eax
    wrmsr
    movl %cr0, %eax
    andl $~4, %eax                          # no emulation of floating point
    orl $0x80000022, %eax                   # paging
    movl %eax, %cr0
    ljmpl $24, $in_64_bits

    .code64
in_64_bits:
    xorl %ecx, %ecx
    xgetbv
    orl $0xe7, %eax                         # the states of SSE, AVX and AVX-512
    xsetbv
    movq $0x1000000, %rsp
    movq $kProgram, %rax
    call *%rax
    hlt

    .section .reset, "ax"
    .code16
    .byte 0xe9                              # jmp to the first byte of the segment
    .word 0 - 0xfff3
