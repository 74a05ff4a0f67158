// SPDX-License-Identifier: MIT
// Linked with the whole of one module and of all below it, and with nothing above: a call upwards
// is then an undefined symbol, and this program does not link.
int main(void)
{
    return 0;
}
