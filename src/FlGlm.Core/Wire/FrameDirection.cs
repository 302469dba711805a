namespace FlGlm.Core.Wire;

internal enum FrameDirection : byte
{
    ClientToServer = 0,
    ServerToClient = 1,
}
