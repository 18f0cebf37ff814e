// The blocks of Rust's own allocator in WebAssembly, a dlmalloc in Rust: the steps of `bench/c/blocks.c`.

use std::alloc::{alloc, dealloc, Layout};
use std::arch::wasm32::memory_size;

const OBJECT: u32 = 24;
const BLOCKS: usize = 100_000;
const SEED: u32 = 12345;
const PAGE_SHIFT: usize = 16;

static mut STATE: u32 = SEED;
static mut PLACES: [*mut u32; BLOCKS] = [std::ptr::null_mut(); BLOCKS];
/// 0: there is no block yet.
static mut SIZES: [u32; BLOCKS] = [0; BLOCKS];
static mut SMALLEST: u32 = 0;
static mut LARGEST: u32 = 0;
/// Bytes of memory before the allocator asked for any.
static mut FIRST_MEMORY: usize = 0;

fn layout(size: u32) -> Layout {
    unsafe { Layout::from_size_align_unchecked(size as usize, 8) }
}

unsafe fn draw(bound: u32) -> u32 {
    STATE ^= STATE << 13;
    STATE ^= STATE >> 17;
    STATE ^= STATE << 5;
    STATE % bound
}

#[no_mangle]
pub unsafe extern "C" fn start() {
    FIRST_MEMORY = memory_size(0) << PAGE_SHIFT;
}

#[no_mangle]
pub unsafe extern "C" fn enable(_on: u32) {}

#[no_mangle]
pub unsafe extern "C" fn churn(count: u32) {
    for i in 0..count {
        let block = alloc(layout(OBJECT)) as *mut u32;
        block.write_volatile(i);
        dealloc(block as *mut u8, layout(OBJECT));
    }
}

unsafe fn replace_block(index: usize) {
    if SIZES[index] != 0 {
        dealloc(PLACES[index] as *mut u8, layout(SIZES[index]));
    }
    let size = SMALLEST + draw(LARGEST - SMALLEST);
    let block = alloc(layout(size)) as *mut u32;
    *block.add(2) = size;
    PLACES[index] = block;
    SIZES[index] = size;
}

#[no_mangle]
pub unsafe extern "C" fn mixedStart(min: u32, max: u32) {
    SMALLEST = min;
    LARGEST = max;
    STATE = SEED;
    for index in 0..BLOCKS {
        replace_block(index);
    }
}

#[no_mangle]
pub unsafe extern "C" fn heapBytes() -> f64 {
    ((memory_size(0) << PAGE_SHIFT) - FIRST_MEMORY) as f64
}

#[no_mangle]
pub unsafe extern "C" fn mixed(count: u32) {
    for _ in 0..count {
        replace_block(draw(BLOCKS as u32) as usize);
    }
}

#[no_mangle]
pub unsafe extern "C" fn mixedBytes() -> f64 {
    let mut sum = 0.0;
    for index in 0..BLOCKS {
        if *PLACES[index].add(2) != SIZES[index] {
            return -1.0;
        }
        sum += SIZES[index] as f64;
    }
    sum
}
