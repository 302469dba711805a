namespace FlGlm.Core.Wire;

public enum FrameDirection : byte
{
    ClientToServer = 0,
    ServerToClient = 1,
}
