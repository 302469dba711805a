using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a shared library (ELF, 64 bit, little-endian) and marks one version that it needs of another library as weak
/// (VER_FLG_WEAK): the loader then accepts a library without that version. A library that does not name the version is copied as it is.
/// </summary>
public sealed class WeakenVersionNeed : Task
{
    private const int ProgramHeadersOffset = 32;
    private const int ProgramHeaderSizeOffset = 54;
    private const int ProgramHeaderCountOffset = 56;
    private const uint LoadSegment = 1;
    private const uint DynamicSegment = 2;
    private const ulong StringTable = 5;
    private const ulong VersionNeeds = 0x6ffffffe;
    private const ulong VersionNeedCount = 0x6fffffff;
    private const ushort Weak = 2;

    private byte[] _file;

    [Required]
    public string Source { get; set; }

    /// <summary>Written under a temporary name and renamed, so that a hard link to the old file is not changed.</summary>
    [Required]
    public string Destination { get; set; }

    [Required]
    public string Library { get; set; }

    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        var temporary = Destination + "." + Guid.NewGuid().ToString("N");
        try
        {
            _file = File.ReadAllBytes(Source);
            if (_file.Length < 64 || BitConverter.ToUInt32(_file, 0) != 0x464c457f || _file[4] != 2 || _file[5] != 1)
                throw new InvalidDataException("it is no 64-bit ELF file");
            MarkWeak();
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            File.WriteAllBytes(temporary, _file);
            if (File.Exists(Destination))
                File.Delete(Destination);
            File.Move(temporary, Destination);
        }
        catch (Exception error) when (error is IOException || error is InvalidDataException || error is UnauthorizedAccessException || error is ArgumentException)
        {
            Log.LogError("'{0}' could not be copied to '{1}' with {2} of {3} marked weak: {4}.", Source, Destination, Version, Library, error.Message);
        }
        finally
        {
            File.Delete(temporary);
        }

        return !Log.HasLoggedErrors;
    }

    private void MarkWeak()
    {
        ulong strings = 0, needs = 0, count = 0;
        for (var entry = Dynamic(); BitConverter.ToUInt64(_file, entry) != 0; entry += 16)
        {
            var value = BitConverter.ToUInt64(_file, entry + 8);
            switch (BitConverter.ToUInt64(_file, entry))
            {
                case StringTable: strings = value; break;
                case VersionNeeds: needs = value; break;
                case VersionNeedCount: count = value; break;
            }
        }

        var need = count > 0 ? FileOffset(needs) : 0;
        for (var i = 0UL; i < count; i++)
        {
            if (Text(strings, need + 4) == Library)
                MarkVersion(strings, need);
            need += (int)BitConverter.ToUInt32(_file, need + 12);
        }
    }

    /// <param name="need">offset of an Elf64_Verneed; its Elf64_Vernaux entries follow</param>
    private void MarkVersion(ulong strings, int need)
    {
        var version = need + (int)BitConverter.ToUInt32(_file, need + 8);
        for (var i = 0; i < BitConverter.ToUInt16(_file, need + 2); i++)
        {
            if (Text(strings, version + 8) == Version)
                _file[version + 4] |= (byte)Weak;
            version += (int)BitConverter.ToUInt32(_file, version + 12);
        }
    }

    private int Dynamic()
    {
        for (var i = 0; i < BitConverter.ToUInt16(_file, ProgramHeaderCountOffset); i++)
        {
            var header = Header(i);
            if (BitConverter.ToUInt32(_file, header) == DynamicSegment)
                return (int)BitConverter.ToUInt64(_file, header + 8);
        }

        throw new InvalidDataException("it has no dynamic section");
    }

    private int FileOffset(ulong address)
    {
        for (var i = 0; i < BitConverter.ToUInt16(_file, ProgramHeaderCountOffset); i++)
        {
            var header = Header(i);
            var start = BitConverter.ToUInt64(_file, header + 16);
            if (BitConverter.ToUInt32(_file, header) == LoadSegment && address >= start && address - start < BitConverter.ToUInt64(_file, header + 32))
                return (int)(address - start + BitConverter.ToUInt64(_file, header + 8));
        }

        throw new InvalidDataException("its version needs lie outside its segments");
    }

    private int Header(int index) =>
        (int)BitConverter.ToUInt64(_file, ProgramHeadersOffset) + (index * BitConverter.ToUInt16(_file, ProgramHeaderSizeOffset));

    /// <param name="nameField">where the text's place in the string table stands</param>
    private string Text(ulong strings, int nameField)
    {
        var start = FileOffset(strings) + (int)BitConverter.ToUInt32(_file, nameField);
        return Encoding.ASCII.GetString(_file, start, Array.IndexOf(_file, (byte)0, start) - start);
    }
}
